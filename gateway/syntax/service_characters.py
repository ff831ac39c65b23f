"""The service characters of an EDIFACT interchange: from its UNA, or the defaults of ISO 9735.

An interchange brings its own UNA or has the defaults, never those of the one before it. What follows a release
character is data. Nobody above should know of it, so a text that has any is made neutral: its separators become the
information separators of ASCII, which no character set has, and what was released becomes itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from gateway.findings import Finding, find
from gateway.syntax.character_sets import LEVEL_A, CharacterSet, find_character_set
from gateway.syntax.delimiters import Delimiters, Marks

UNA_LENGTH = 9
# Element, component, terminator and repetition separator of a neutral text.
NEUTRAL: Marks = ("\x1d", "\x1f", "\x1c", "\x1e")
# What stands for a released character between the two passes that make a text neutral, and for one that may not stand.
_STAND_INS = tuple(bytes([number]) for number in range(1, 6))
_SUBSTITUTE = b"\x1a"
_SYNTAX_WITH_REPETITION = "4"


@dataclass(frozen=True)
class ServiceCharacters(Delimiters):
    """The separators with the release character (None where there is none), the decimal mark and the character set."""

    element: bytes = b"+"
    component: bytes = b":"
    terminator: bytes = b"'"
    repetition: bytes | None = None
    release: bytes | None = b"?"
    decimal_mark: bytes = b"."
    character_set: CharacterSet = LEVEL_A

    @property
    def service_string(self) -> bytes:
        """The UNA that says these."""
        inner = self.component + self.element + self.decimal_mark + (self.release or b" ") + (self.repetition or b" ")
        return b"UNA" + inner + self.terminator

    def in_syntax(self, identifier: str, version: str) -> "ServiceCharacters | None":
        """These with the character set of a syntax (`UNOC`, `3`); None where there is no such syntax.

        Only version 4 has a repetition separator (ISO 9735-1); in 1 to 3 its place in UNA is reserved.
        """
        character_set = find_character_set(identifier)
        if character_set is None or version not in ("1", "2", "3", "4"):
            return None
        repetition = self.repetition if version == _SYNTAX_WITH_REPETITION else None
        return replace(self, character_set=character_set, repetition=repetition)

    def encoding_of(self, data: bytes) -> str:
        """As UNB declares where the bytes are of that set; else UTF-8 or, where they are not that either, Latin-1."""
        if data.isascii():
            return self.encoding
        # Line breaks go before text is decoded, separators stand where it is cut: between halves of a character too.
        return self.character_set.encoding_of(data.translate(None, self.noise), self._besides)

    def strays(self, data: bytes) -> tuple[int, int]:
        """How many bytes are outside the declared set, and where the first of them is; (0, -1) if none."""
        return self.character_set.strays(data, self._besides)

    @cached_property
    def _besides(self) -> bytes:
        marks = self.element + self.component + self.terminator + (self.repetition or b"") + (self.release or b"")
        return marks + self.noise

    @property
    def clash(self) -> str | None:
        """Why these would cut segments at the wrong place; None if sound."""
        if self.release is None:
            return self._strange or super().clash
        marks = (self.element, self.component, self.terminator, self.repetition)
        if self.release in marks or self.release.isalnum() or self.release.isspace():
            return f"the release character {ascii(self.release)[1:]} is a letter, digit, blank or separator"
        return self._strange or super().clash

    @property
    def _strange(self) -> str | None:
        """A mark that is neither printable ASCII, nor an information separator, nor a line break."""
        for mark in self._besides:
            if not (0x1C <= mark < 0x7F or mark in b"\r\n"):
                return f"the service character {ascii(bytes([mark]))[1:]} is no character of ASCII"
        return None

    def is_released(self, data: bytes, at: int, start: int) -> bool:
        """Whether the byte at `at` is data, because a release character that is none itself stands before it.

        Line breaks between the two are noise. `start` is where the segment, or anything before it, begins.
        """
        if self.release is None:
            return False
        passed, released = self.release + self.noise, False
        while at > start and data[at - 1] in passed:
            at -= 1
            released ^= data[at] not in self.noise
        return released

    def cuts(self, data: bytes, mark: bytes, start: int, end: int) -> Iterator[int]:
        """Where a mark stands that is not released, between `start` and `end`."""
        return (found.start(1) for found in self._marks[mark].finditer(data, start, end) if found[1] is not None)

    @cached_property
    def _marks(self) -> dict[bytes, re.Pattern[bytes]]:
        """For each mark, a pattern of it (group 1) or of a character that is released."""
        skip = b"%b[%b]*+.|" % (re.escape(self.release), re.escape(self.noise)) if self.release else b""
        return {
            mark: re.compile(b"%b(%b)" % (skip, re.escape(mark)), re.DOTALL)
            for mark in (self.element, self.component, self.terminator, self.repetition)
            if mark
        }

    @property
    def neutral_marks(self) -> Marks:
        """The marks of a neutral text."""
        return NEUTRAL if self.repetition else (*NEUTRAL[:3], "")

    def neutralise(self, data: bytes) -> bytes:
        """The same data without release characters and line breaks, its separators neutral.

        A control character that would read as a separator is substituted: it is none of any set, which is told by
        whoever judges characters.
        """
        guarded, released, stand_ins, spoken = self._passes
        parts = released.split(data.translate(guarded, self.noise))
        parts[1::2] = map(stand_ins.__getitem__, parts[1::2])  # every other part is a character that is released
        return b"".join(parts).translate(spoken, self.release or b"")

    @cached_property
    def _passes(self) -> tuple[bytes, re.Pattern[bytes], dict[bytes, bytes], bytes]:
        """What guards the text, what finds a released character, the stand-ins, and what makes the marks neutral."""
        marks = (self.element, self.component, self.terminator, self.repetition or b"")
        released = [mark for mark in (self.release or b"", *marks) if mark]
        never = {*b"".join(_STAND_INS), *"".join(NEUTRAL).encode()} - {*b"".join(marks)}
        guarded = bytes(_SUBSTITUTE[0] if byte in never else byte for byte in range(256))
        spoken = bytearray(range(256))
        for mark, neutral in zip(marks, NEUTRAL, strict=True):
            if mark:
                spoken[mark[0]] = ord(neutral)
        for mark, stand_in in zip(released, _STAND_INS, strict=False):
            spoken[stand_in[0]] = (_SUBSTITUTE if mark < b" " else mark)[0]
        stand_ins = {bytes([byte]): bytes([byte]) for byte in range(256)}
        stand_ins |= dict(zip(released, _STAND_INS, strict=False))
        return guarded, re.compile(b"%b(.)" % re.escape(self.release or b""), re.DOTALL), stand_ins, bytes(spoken)


# Without UNA; the repetition separator is dropped again below version 4.
DEFAULT = ServiceCharacters(repetition=b"*")
# Level B's own separators (ISO 9735:1988, 4), which need no release character as no data holds them.
INFORMATION_SEPARATORS = ServiceCharacters(b"\x1d", b"\x1f", b"\x1c", None, None)


def read_service_string(data: bytes, offset: int = 0) -> ServiceCharacters | Finding:
    """The characters that the UNA at the start of `data` gives; a Finding where they cannot be used.

    The reserved place is taken for the repetition separator, as the syntax version is not known yet; a decimal mark
    that is neither full stop nor comma is read as a full stop.
    """
    if len(data) < UNA_LENGTH:
        return find("unb-truncated", "the file ends inside its UNA", tag="UNA", offset=offset, expected="9 characters")
    component, element, decimal, release, reserved, terminator = (data[at : at + 1] for at in range(3, UNA_LENGTH))
    characters = ServiceCharacters(
        element,
        component,
        terminator,
        None if reserved.isspace() else reserved,
        None if release == b" " else release,
        decimal if decimal in (b".", b",") else b".",
    )
    why = replace(characters, repetition=None).clash
    return characters if why is None else unusable(why, offset)


def unusable(why: str, offset: int) -> Finding:
    """The finding that these service characters cannot be used."""
    expected = "UNA:+.? ' or other distinct characters that are no letters, digits or blanks"
    return find("delimiters-unusable", why, tag="UNA", offset=offset, expected=expected)
