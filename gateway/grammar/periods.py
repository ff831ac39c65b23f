"""Dates, times and periods in the formats that EDIFACT names beside them (data element 2379).

A format is written here as the code list prints it, a letter for a digit: `CCYYMMDD`. One pattern is made of each, with
a group for each part; whether the parts are a day of the calendar and a time of day is then a matter of numbers.
Formats that only count (`804`, days) are left to the type of the element.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import groupby

# Data element 2379, with letters of our own where a standard's letter means two things: m is a month, M a minute, W a
# week and w the day of a week. A zone or what else follows is not looked at.
_FORMS = {
    "2": "DDmmYY",
    "101": "YYmmDD",
    "102": "CCYYmmDD",
    "103": "YYWWw",
    "201": "YYmmDDHHMM",
    "203": "CCYYmmDDHHMM",
    "204": "CCYYmmDDHHMMSS",
    "304": "CCYYmmDDHHMMSS*",
    "401": "HHMM",
    "602": "CCYY",
    "610": "CCYYmm",
    "616": "CCYYWW",
    "711": "CCYYmmDD-CCYYmmDD",
    "718": "CCYYmmDD-CCYYmmDD",
    "719": "CCYYmmDDHHMM-CCYYmmDDHHMM",
}
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# The least and the most that a part may be.
_BOUNDS = {"m": (1, 12), "W": (1, 53), "w": (1, 7), "H": (0, 23), "M": (0, 59), "S": (0, 59)}
_CLOCK = frozenset("HMS")
_AS_PRINTED = str.maketrans("mw", "MD")


def is_day(year: int, month: int, day: int) -> bool:
    """Whether there is such a day in the calendar; a year 0 there is not."""
    if year == 0 or not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1]:
        return False
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return leap or (month, day) != (2, 29)


def check_period(value: str, form: str) -> Iterator[tuple[str, str]]:
    """The finding code and what was expected, where a value is not what its format (2379) says; at most one.

    A format that is not in our list is not judged. Periods may come with their hyphen or without (718 in practice).
    """
    printed = _FORMS.get(form)
    if printed is None:
        return
    expected = f"{printed.strip('*').translate(_AS_PRINTED)} (format {form})"
    first, hyphen, second = printed.partition("-")
    texts = _halves(value, len(first)) if hyphen else (value,)
    for text, half in zip(texts, (first, second), strict=False):
        if code := _wrong(text, half):
            yield code, expected
            return


def _halves(value: str, length: int) -> tuple[str, str]:
    return value[:length], value[length:].removeprefix("-")


def _wrong(text: str, form: str) -> str | None:
    match = _pattern(form).fullmatch(text)
    if match is None:
        return "time-invalid" if set(form) <= _CLOCK else "date-invalid"
    parts = {name: int(digits) for name, digits in match.groupdict().items()}
    out = {name for name, (least, most) in _BOUNDS.items() if not least <= parts.get(name, least) <= most}
    year = parts.get("C", 20) * 100 + parts.get("Y", 0)
    if out - _CLOCK or not is_day(year, parts.get("m", 1), parts.get("D", 1)):
        return "date-invalid"
    return "time-invalid" if out else None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    """`CCYYmm` as a pattern of three groups."""
    runs = ((letter, len(list(run))) for letter, run in groupby(form))
    return re.compile("".join(".*" if letter == "*" else f"(?P<{letter}>[0-9]{{{n}}})" for letter, n in runs))
