"""The relational conditions of X12 segments, as the standard prints them: P R E C L and two digits an element (X12.6).

Each condition is one function from the positions and what is there to the position that breaks it, with the finding
code, and a sentence for people. P, R and L are broken at the first absent element that would satisfy them, C at the
first absent required one, E at the second one present in the segment, in whatever order it is printed.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

_PRINTED = re.compile(r"([PRECL])((?:\d\d){2,})")
Breach = tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the elements at these positions (from 1); `printed` is how the standard writes it."""

    printed: str
    positions: tuple[int, ...]

    def breach(self, present: Sequence[bool]) -> Breach:
        """The finding code and the position at fault, or None. `present[0]` is element 1; beyond its end is absent."""
        there = [p <= len(present) and present[p - 1] for p in self.positions]
        return _CHECKS[self.printed[0]](self.positions, there)

    def meaning(self, tag: str) -> str:
        """What it asks for, in words: `PO106 and PO107 together or not at all (P0607)`."""
        first, *others = (f"{tag}{position:02}" for position in self.positions)
        words = _WORDS[self.printed[0]].format(
            first=first,
            all=_listing([first, *others], "and"),
            any=_listing([first, *others], "or"),
            all_others=_listing(others, "and"),
            any_other=_listing(others, "or"),
        )
        return f"{words} ({self.printed})"


def parse_condition(printed: str) -> Condition | None:
    """`P0607` as a Condition; None where it is not written so."""
    match = _PRINTED.fullmatch(printed)
    if match is None:
        return None
    digits = match[2]
    return Condition(printed, tuple(int(digits[i : i + 2]) for i in range(0, len(digits), 2)))


def _first_absent(positions: tuple[int, ...], there: list[bool]) -> Breach:
    return "conditional-element-missing", positions[there.index(False)]


def _paired(positions: tuple[int, ...], there: list[bool]) -> Breach:
    return _first_absent(positions, there) if any(there) and not all(there) else None


def _required(positions: tuple[int, ...], there: list[bool]) -> Breach:
    return None if any(there) else _first_absent(positions, there)


def _exclusive(positions: tuple[int, ...], there: list[bool]) -> Breach:
    found = sorted(p for p, is_there in zip(positions, there, strict=True) if is_there)
    return ("elements-exclusive", found[1]) if len(found) > 1 else None


def _conditional(positions: tuple[int, ...], there: list[bool]) -> Breach:
    return _first_absent(positions, there) if there[0] and not all(there) else None


def _listed(positions: tuple[int, ...], there: list[bool]) -> Breach:
    return _first_absent(positions, there) if there[0] and not any(there[1:]) else None


_CHECKS: dict[str, Callable[[tuple[int, ...], list[bool]], Breach]] = {
    "P": _paired,
    "R": _required,
    "E": _exclusive,
    "C": _conditional,
    "L": _listed,
}

_WORDS = {
    "P": "{all} together or not at all",
    "R": "at least one of {any}",
    "E": "no more than one of {any}",
    "C": "{all_others} where {first} is filled",
    "L": "at least one of {any_other} where {first} is filled",
}


def _listing(cells: Sequence[str], word: str) -> str:
    *most, last = cells
    return f"{', '.join(most)} {word} {last}" if most else last
