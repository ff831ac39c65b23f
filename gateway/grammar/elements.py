"""Data elements: what a type allows, as one small function each.

A checker takes the value and its definition and names the first thing wrong with it, or nothing. The rules are those of
the X12 element types (X12.6) and of EDIFACT's a, an and n (ISO 9735): lengths of numbers count digits only, dates are
days of the calendar. A value can be wrong in kind (`character-invalid`) or in measure (`element-too-long`); kind comes
first, as measure means little then.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from gateway.grammar.periods import is_day

_NUMBER = re.compile(r"-?(\d+(\.\d*)?|\.\d+)")
_EDIFACT_NUMBER = re.compile(r"-?\d+([.,]\d+)?")  # a digit before the mark, comma or full stop (ISO 9735)
_MARK_FIRST = re.compile(r"-?[.,]\d+")
_LETTERS = re.compile(r"[^\W\d_]([^\W\d_]| )*")
_INTEGER = re.compile(r"-?\d+")
_TIME = re.compile(r"([01]\d|2[0-3])[0-5]\d([0-5]\d\d{0,2})?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CODES_SHOWN = 12


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes of one data element. Unless `complete`, it is a selection, and an unlisted code is only noticed."""

    number: str
    name: str
    codes: Mapping[str, str]
    complete: bool = False

    @property
    def expected(self) -> str:
        """The codes for a sentence, the first of them where they are many."""
        some = list(self.codes)
        return (
            f"one of {', '.join(some)}" if len(some) <= _CODES_SHOWN else f"one of {', '.join(some[:_CODES_SHOWN])} ..."
        )


@dataclass(frozen=True, slots=True)
class Element:
    """A data element in its place: requirement (M O X), type, lengths, number, name, and its codes if it has any."""

    requirement: str
    type: str
    shortest: int
    longest: int
    number: str
    name: str
    codes: CodeList | None = None

    @property
    def expected(self) -> str:
        """What a value must be, in words."""
        kind, unit = _KINDS[self.type][0], "digit" if self.type in NUMERIC else "character"
        if self.type in DATED:
            return kind
        length = str(self.longest) if self.shortest == self.longest else f"{self.shortest} to {self.longest}"
        return f"{kind}, {length} {unit}{'' if self.longest == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Composite:
    """A composite element: its requirement, number, name and components."""

    requirement: str
    number: str
    name: str
    components: tuple[Element, ...]


DATED = frozenset({"DT", "TM"})
NUMERIC = frozenset({"N0", "N1", "N2", "N3", "N4", "R", "n"})


def check_value(value: str, element: Element) -> tuple[str, str] | None:
    """The finding code and what was expected, for the first thing wrong with a value that is not empty."""
    kind, checker = _KINDS[element.type]
    wrong = checker(value)
    if wrong in ("character-invalid", "decimal-mark-first"):
        return wrong, element.expected
    if wrong:
        return wrong, kind
    length = sum(c.isdigit() for c in value) if element.type in NUMERIC else len(value)
    if length < element.shortest:
        return "element-too-short", element.expected
    if length > element.longest:
        return "element-too-long", element.expected
    if element.codes and value not in element.codes.codes:
        return ("code-unknown" if element.codes.complete else "code-unlisted"), element.codes.expected
    return None


def narrow(element: Element, codes: Mapping[str, str]) -> Element:
    """The element with a guide's own list of codes, which is complete."""
    name = element.codes.name if element.codes else element.name
    return replace(element, codes=CodeList(element.number, name, codes, complete=True))


def _text(value: str) -> str | None:
    return "character-invalid" if _CONTROL.search(value) else None


def _code(value: str) -> str | None:
    return "character-invalid" if _CONTROL.search(value) or value != value.strip() else None


def _integer(value: str) -> str | None:
    return None if _INTEGER.fullmatch(value) and value.isascii() else "character-invalid"


def _number(value: str) -> str | None:
    return None if _NUMBER.fullmatch(value) and value.isascii() else "character-invalid"


def _edifact_number(value: str) -> str | None:
    if value.isascii() and _EDIFACT_NUMBER.fullmatch(value):
        return None
    return "decimal-mark-first" if value.isascii() and _MARK_FIRST.fullmatch(value) else "character-invalid"


def _letters(value: str) -> str | None:
    return None if _LETTERS.fullmatch(value) else "character-invalid"


def _date(value: str) -> str | None:
    """CCYYMMDD in 004010 and later; six digits are YYMMDD of older releases (X12.6)."""
    if not value.isdecimal() or not value.isascii():
        return "character-invalid"
    if len(value) != 8:
        return None  # the length is judged by measure
    return None if is_day(int(value[:4]), int(value[4:6]), int(value[6:])) else "date-invalid"


def _time(value: str) -> str | None:
    if not value.isdecimal() or not value.isascii():
        return "character-invalid"
    return None if _TIME.fullmatch(value) or len(value) < 4 or len(value) > 8 else "time-invalid"


_KINDS: dict[str, tuple[str, Callable[[str], str | None]]] = {
    "AN": ("text", _text),
    "ID": ("a code", _code),
    "N0": ("a whole number", _integer),
    "N1": ("a whole number, one implied decimal", _integer),
    "N2": ("a whole number, two implied decimals", _integer),
    "N3": ("a whole number, three implied decimals", _integer),
    "N4": ("a whole number, four implied decimals", _integer),
    "R": ("a number", _number),
    "DT": ("a date, CCYYMMDD", _date),
    "TM": ("a time, HHMM or HHMMSS", _time),
    "B": ("binary data", lambda _: None),
    "a": ("letters", _letters),
    "an": ("text", _text),
    "n": ("a number", _edifact_number),
}
TYPES = frozenset(_KINDS)
