"""Text made to fit a character set, by a rule that anybody can follow.

Composed (NFC), a character that is of the set stays. Another is decomposed (NFKD), its combining marks are left out,
and what has no such form is looked up in a small table; level A has no lower case, so there it is put in upper case. A
control character becomes a blank. What still does not fit becomes a blank too and makes the text unfit: then the caller
must not send it.
"""

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import category, combining, normalize

from gateway.syntax.character_sets import CharacterSet

_TABLE = {
    "ß": "ss",
    "ẞ": "SS",
    "ø": "o",
    "Ø": "O",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "TH",
    "ħ": "h",
    "Ħ": "H",
    "ı": "i",
    "€": "EUR",
    "×": "x",
    "⁄": "/",
    "‐": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "‘": "'",
    "’": "'",
    "‚": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "«": '"',
    "»": '"',
    # Without a width, and without a meaning in a line of text.
    "\u00ad": "",
    "\u200b": "",
    "\ufeff": "",
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """A text as it can be written; not `fits` where something of it had to be left blank."""

    text: str
    fits: bool


def transliterate(text: str, character_set: CharacterSet) -> Fitted:
    """The text in the characters of a set."""
    said = [_say(character, character_set) for character in normalize("NFC", text)]
    return Fitted("".join(" " if part is None else part for part in said), None not in said)


@lru_cache(maxsize=4096)
def _say(character: str, character_set: CharacterSet) -> str | None:
    """What stands for a character, where anything can."""
    foreign = character_set.foreign
    if not foreign.match(character):
        return character
    if category(character) == "Cc":
        return " "
    text = "".join(_TABLE.get(part, part) for part in normalize("NFKD", character) if not combining(part))
    if foreign.match("a"):
        text = text.upper()
    return None if foreign.search(text) else text
