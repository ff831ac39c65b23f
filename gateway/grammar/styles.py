"""How one file writes numbers and dates: decided once from all of its cells, never cell by cell.

`1.234` is a thousand in one country and one and a bit in another, `03/04` the third of April or the fourth of March. A
cell that can only be read one way decides for the file; where cells contradict each other, or none decides and nothing
is configured, the file is refused by name (amount-style, date-style) rather than guessed at.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from unicodedata import category

from gateway.findings import Finding, find

Mark = Literal[".", ","]

# A sign, a currency sign or blanks around the digits, brackets for what is negative: `£-3.00`, `(55.00)`, `-12,50`. A
# minus is also U+2212, as tables typeset it. What is no currency sign is no part of an amount: a sign must not be lost.
_CURRENCY = r"[\s+" + re.escape("".join(chr(n) for n in range(0x20D0) if category(chr(n)) == "Sc")) + "]{0,3}"
_AMOUNT = re.compile(rf"(\()?({_CURRENCY})([-\u2212]?)({_CURRENCY})([0-9][0-9.,'\s]*?)\s*({_CURRENCY})(\))?")
_WHOLE = r"(?:[0-9]{1,15}|[0-9]{1,3}(?:[%s][0-9]{3}){1,4})"
_DIGITS: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(_WHOLE % r",'\s" + r"(?:\.[0-9]{1,10})?"),
    ",": re.compile(_WHOLE % r".'\s" + r"(?:,[0-9]{1,10})?"),
}
_PLAIN = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)(.*)", re.DOTALL)
_LOCAL = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(.*)", re.DOTALL)
# What most reports have, in a year in which marketplaces report: read by the quickest way there is.
_USUAL = re.compile(r"(?:199\d|20\d\d|2100)-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?: UTC|\+00:00|Z)", re.ASCII)
_CLOCK = re.compile(r"[T ]\s*(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?\s*(.*)")
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2})")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
# Hours from UTC of the zones that Amazon's reports name by letters.
_ZONES = {
    "": 0,
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "BST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "JST": 9,
    "EST": -5,
    "EDT": -4,
    "CST": -6,
    "CDT": -5,
    "MST": -7,
    "MDT": -6,
    "PST": -8,
    "PDT": -7,
}
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LOOKED_AT = 1000  # rows that are looked at in any case before the style counts as decided
_KEPT = 1 << 14  # cells that a reader remembers


@dataclass(frozen=True)
class Style:
    """The decimal mark, and whether the day stands before the month; None where no date of the file leaves it open."""

    decimal: Mark = "."
    day_first: bool | None = None


@dataclass(frozen=True)
class Preference:
    """What is configured for files that do not decide it themselves; None: such a file is refused."""

    decimal: Mark | None = None
    day_first: bool | None = None


@dataclass
class Evidence:
    """What the cells of a file have shown so far, each with the first cell that showed it."""

    marks: dict[str, str] = field(default_factory=dict)
    orders: dict[bool, str] = field(default_factory=dict)
    open_amount: str = ""
    open_date: str = ""

    @property
    def is_decided(self) -> bool:
        """Whether nothing that was seen is open."""
        return bool(self.marks) and (bool(self.orders) or not self.open_date)

    def look_at_amount(self, cell: str) -> None:
        """What the separators of one number say."""
        digits = _AMOUNT.fullmatch(cell.strip())
        if digits is None:
            return
        text = digits[5]
        marks = [character for character in text if character in ".,"]
        if not marks:
            return
        last, before = marks[-1], text[: text.rindex(marks[-1])]
        behind = len(text) - text.rindex(last) - 1
        other = "," if last == "." else "."
        if len(set(marks)) == 2 or (len(marks) == 1 and (behind != 3 or not 1 <= len(before) <= 3 or before == "0")):
            self.marks.setdefault(last, cell)
        elif len(marks) > 1:
            self.marks.setdefault(other, cell)
        else:
            self.open_amount = self.open_amount or cell

    def look_at_date(self, cell: str) -> None:
        """What the order of one date says."""
        if (found := _LOCAL.match(cell.strip())) is None:
            return
        first, second = int(found[1]), int(found[3])
        if found[2] == "." or first > 12:
            self.orders.setdefault(True, cell)
        elif second > 12:
            self.orders.setdefault(False, cell)
        else:
            self.open_date = self.open_date or cell


def decide(
    rows: Iterable[Sequence[str]], amounts: Sequence[int], dates: Sequence[int], preferred: Preference
) -> Style | Finding:
    """The style of a file by the cells at these positions; rows are looked at until it is decided."""
    evidence = Evidence()
    for number, cells in enumerate(rows):
        for position in amounts:
            if cells[position]:
                evidence.look_at_amount(cells[position])
        for position in dates:
            if cells[position]:
                evidence.look_at_date(cells[position])
        if number >= _LOOKED_AT and evidence.is_decided:
            break
    return _style(evidence, preferred)


def _style(evidence: Evidence, preferred: Preference) -> Style | Finding:
    if len(evidence.marks) == 2:
        said = " and ".join(repr(cell) for cell in evidence.marks.values())
        return find("amount-style", f"amounts are written in two ways, {said}: no one decimal mark fits all of them")
    if len(evidence.orders) == 2:
        said = " and ".join(repr(cell) for cell in evidence.orders.values())
        return find("date-style", f"dates are written in two ways, {said}: no one order of day and month fits all")
    decimal = next(iter(evidence.marks), None) or preferred.decimal
    if decimal is None and evidence.open_amount:
        said = f"{evidence.open_amount!r} may be a thousand or a fraction, and no other amount of the file tells"
        return find("amount-style", said, value=evidence.open_amount)
    day_first = next(iter(evidence.orders), preferred.day_first)
    if day_first is None and evidence.open_date:
        said = f"{evidence.open_date!r} may begin with the day or the month, and no other date of the file tells"
        return find("date-style", said, value=evidence.open_date)
    return Style("," if decimal == "," else ".", day_first)


def amount_reader(style: Style) -> Callable[[str], Decimal]:
    """A reader of amounts in this style; it raises ValueError for what is none."""
    digits, decimal = _DIGITS[style.decimal], style.decimal

    def read(cell: str) -> Decimal:
        if decimal == "." and _PLAIN.fullmatch(cell):
            return Decimal(cell)
        found = _AMOUNT.fullmatch(cell.strip())
        if found is None or bool(found[1]) != bool(found[7]) or not digits.fullmatch(found[5]):
            raise ValueError(cell)
        whole, _, fraction = found[5].partition(decimal)
        sign = "-" if found[1] or found[3] else ""
        return Decimal(f"{sign}{re.sub('[^0-9]', '', whole)}{'.' if fraction else ''}{fraction}")

    return read


def instant_reader(style: Style) -> Callable[[str], datetime]:
    """A reader of points in time, in UTC; a bare day is its first moment. It raises ValueError for what is none."""
    moment = moment_reader(style)

    def read(cell: str) -> datetime:
        at = moment(cell)
        return at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)

    return read


def moment_reader(style: Style) -> Callable[[str], date]:
    """A reader of points in time, where a bare day stays a day: in whose zone it is, the file does not say."""

    def read(cell: str) -> date:
        if _USUAL.fullmatch(cell):
            return datetime.fromisoformat(f"{cell[:19]}+00:00")
        day, rest = _day(cell.strip(), style)
        if not rest.strip():
            return day
        if (clock := _CLOCK.fullmatch(rest)) is None:
            raise ValueError(cell)
        at = time(int(clock[1]), int(clock[2]), int(clock[3] or 0), tzinfo=_zone(clock[4].strip()))
        return datetime.combine(day, at).astimezone(UTC)

    return read


def day_reader(style: Style) -> Callable[[str], date]:
    """A reader of days: what stands behind the day is not read. `06/2026` is the first of that month."""

    @lru_cache(_KEPT)
    def read(cell: str) -> date:
        if month := _MONTH.fullmatch(cell.strip()):
            return date(_sane(int(month[2])), int(month[1]), 1)
        return _day(cell.strip(), style)[0]

    return read


def _day(cell: str, style: Style) -> tuple[date, str]:
    """The day at the start of a cell, and what follows it."""
    if found := _ISO.fullmatch(cell):
        return date(_sane(int(found[1])), int(found[2]), int(found[3])), found[4]
    found = _LOCAL.fullmatch(cell)
    if found is None or (style.day_first is None and found[2] != "."):
        raise ValueError(cell)
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    month, day = (first, second) if style.day_first is False else (second, first)
    return date(_sane(year if year > 99 else 2000 + year), month, day), found[5]


def _sane(year: int) -> int:
    """A year in which marketplaces report: another is a misread cell, and the ends of the calendar have no zones."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    return year


def _zone(name: str) -> timezone:
    if name in _ZONES:
        return timezone(timedelta(hours=_ZONES[name]))
    if (offset := _OFFSET.fullmatch(name)) is None:
        raise ValueError(name)
    sign = -1 if offset[1] == "-" else 1
    return timezone(sign * timedelta(hours=int(offset[2]), minutes=int(offset[3])))
