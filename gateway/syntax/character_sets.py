"""The character sets that UNB names in 0001: which bytes each allows, and how they are decoded.

Levels A and B are parts of ASCII and listed by ISO 9735 character by character; C to K and L are parts of ISO 8859, W
and Y are written in UTF-8. The airlines' IATA and IATB are taken as ASCII. Read tolerantly: real interchanges under
UNOA hold lower case and accents, so a byte outside the set is told, and decoded all the same.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from string import ascii_lowercase, ascii_uppercase, digits

_LEVEL_A = ascii_uppercase + digits + " .,-()/='+:?!\"%&*;<>"
_LEVEL_B = _LEVEL_A + ascii_lowercase
_PRINTABLE = bytes(range(0x20, 0x7F)).decode()
_CODECS = {
    "UNOA": "ascii",
    "UNOB": "ascii",
    "IATA": "ascii",
    "IATB": "ascii",
    "UNOC": "iso8859-1",
    "UNOD": "iso8859-2",
    "UNOE": "iso8859-5",
    "UNOF": "iso8859-7",
    "UNOG": "iso8859-3",
    "UNOH": "iso8859-4",
    "UNOI": "iso8859-6",
    "UNOJ": "iso8859-8",
    "UNOK": "iso8859-9",
    "UNOL": "iso8859-15",
    "UNOW": "utf-8",
    "UNOY": "utf-8",
}
_LISTED = {"UNOA": _LEVEL_A, "UNOB": _LEVEL_B, "IATA": _PRINTABLE, "IATB": _PRINTABLE}
# The halves of ISO 8859 and of a byte of UTF-8 that are no characters of their own.
_CONTROLS = {*range(0x20), *range(0x7F, 0xA0)}


@dataclass(frozen=True)
class CharacterSet:
    """A repertoire by its name in 0001, and the codec that its bytes are written in."""

    name: str
    codec: str

    @cached_property
    def allowed(self) -> bytes:
        """The bytes that may stand in data: of UTF-8 every one but the controls of ASCII."""
        if self.codec == "utf-8":
            return bytes(b for b in range(256) if b not in _CONTROLS or b >= 0x80)
        if self.name in _LISTED:
            return _LISTED[self.name].encode()
        graphic = bytes(b for b in range(256) if b not in _CONTROLS)
        return graphic.decode(self.codec, "ignore").encode(self.codec)

    @cached_property
    def foreign(self) -> re.Pattern[str]:
        """Any one character that is not of the set: controls in every set, and halves of surrogate pairs."""
        if self.codec == "utf-8":
            return re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
        return re.compile(f"[^{re.escape(self.allowed.decode(self.codec))}]")

    def strays(self, data: bytes, also: bytes) -> tuple[int, int]:
        """How many bytes of data are outside the set, and where the first is; (0, -1) if none.

        `also` are bytes that may stand there besides: service characters and line breaks.
        """
        outside = data.translate(None, self.allowed + also)
        if outside:
            return len(outside), data.index(outside[:1])
        if self.codec == "utf-8":
            try:
                data.decode()
            except UnicodeDecodeError as error:
                return 1, error.start
        return 0, -1

    def encoding_of(self, data: bytes, also: bytes = b"") -> str:
        """The codec for these bytes: as declared if all are of the set or `also`, else UTF-8, declared, or Latin-1."""
        if self.codec != "utf-8" and not data.translate(None, self.allowed + also):
            return self.codec
        return next((codec for codec in ("utf-8", self.codec) if _decodes(data, codec)), "latin-1")


def _decodes(data: bytes, codec: str) -> bool:
    try:
        data.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


@lru_cache
def find_character_set(name: str) -> CharacterSet | None:
    """The set of this name in 0001 (`UNOC`); None where ISO 9735 has no such."""
    return CharacterSet(name, _CODECS[name]) if name in _CODECS else None


LEVEL_A = CharacterSet("UNOA", "ascii")
# What is assumed of a syntax that nobody knows.
ANY_CHARACTER = CharacterSet("any set", "utf-8")
