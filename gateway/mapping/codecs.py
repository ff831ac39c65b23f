"""Codecs: pairs of functions between the text of cells and a value. The element's type names the usual one.

decode takes one text for each cell and raises ValueError where it means nothing; encode gives the texts back. What is
written is as short as it is exact: 43.5, not 43.50, and never 4.35E+1.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from gateway.documents.moment import Moment
from gateway.grammar.elements import Element

_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_WHOLE = re.compile(r"-?[0-9]+")
_DATE = re.compile(r"[0-9]{8}")
_TIMED = {"203": 12, "204": 14}  # EDIFACT 2379: CCYYMMDDHHMM and CCYYMMDDHHMMSS


@dataclass(frozen=True, slots=True)
class Codec:
    """A named pair of functions over `cells` texts."""

    name: str
    decode: Callable[[Sequence[str]], Any]
    encode: Callable[[Any], Sequence[str]]
    cells: int = 1


def _exact(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"is {text!r}, which is no number")
    return Decimal(text)


def _integer(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"is {text!r}, which is no whole number")
    return int(text)


def _shortest(number: Decimal) -> str:
    text = format(number, "f")
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _implied(places: int) -> Codec:
    """N1..N4: a whole number with so many implied decimals, so 43500 is 435.00 (X12.6)."""

    def encode(value: Decimal) -> Sequence[str]:
        scaled = value.scaleb(places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {places} decimals")
        return (format(scaled.to_integral_value(), "f"),)

    return Codec(f"implied{places}", lambda texts: Decimal(_integer(texts[0])).scaleb(-places), encode)


def _decode_date(texts: Sequence[str]) -> date:
    text = texts[0]
    if not _DATE.fullmatch(text):
        raise ValueError(f"is {text!r}, which is no date of the form CCYYMMDD")
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _decode_number(texts: Sequence[str]) -> Decimal:
    """An EDIFACT number: its decimal mark is a full stop or a comma, whichever UNA says (ISO 9735)."""
    return _exact(texts[0].replace(",", "."))


def _decode_period(texts: Sequence[str]) -> Any:
    """DTM 2380 with its format 2379: a date (102), or a date with a time (203, 204)."""
    text, form = texts
    if form == "102":
        return _decode_date((text,))
    if form in _TIMED and len(text) == _TIMED[form]:
        return Moment.from_digits(text[:8], text[8:])
    raise ValueError(f"{text!r} in format {form or 'missing'!r} is no date; 102, 203 and 204 are read")


def _decode_day(texts: Sequence[str]) -> date:
    """The day of a date or a date with a time: for fields that are days, or are told as days, whatever comes."""
    found = _decode_period(texts)
    return found.on if isinstance(found, Moment) else found


def _encode_period(value: Any) -> Sequence[str]:
    if isinstance(value, date):
        return (*_encode_date(value), "102")
    forms = {0: "102", **{length - 8: form for form, length in _TIMED.items()}}
    clock = value.time_digits[:6]
    return value.date_digits + clock, forms[len(clock)]


def _encode_day(value: Any) -> Sequence[str]:
    """The day alone; that a time of day found no place is seen when the dispatch is read back."""
    return _encode_period(value.on if isinstance(value, Moment) else value)


def _encode_date(day: date) -> Sequence[str]:
    return (f"{day:%Y%m%d}" if day.year >= 1000 else f"{day.year:04}{day:%m%d}",)


def _encode_text(value: Any) -> Sequence[str]:
    """A text, or the first of several lines; that the others found no place is seen when the dispatch is read back."""
    return (str(value[0] if isinstance(value, tuple) else value),)


def _whole(value: Any) -> Sequence[str]:
    if value != int(value):
        raise ValueError(f"{value} is not a whole number")
    return (str(int(value)),)


CODECS: dict[str, Codec] = {
    codec.name: codec
    for codec in (
        Codec("text", lambda texts: texts[0], _encode_text),
        Codec("integer", lambda texts: _integer(texts[0]), _whole),
        Codec("decimal", lambda texts: _exact(texts[0]), lambda value: (_shortest(Decimal(value)),)),
        Codec("date", _decode_date, _encode_date),
        Codec(
            "moment",
            lambda texts: Moment.from_digits(texts[0], texts[1]),
            lambda moment: (moment.date_digits, moment.time_digits),
            cells=2,
        ),
        Codec("period", _decode_period, _encode_period, cells=2),
        Codec("day", _decode_day, _encode_day, cells=2),
        Codec("number", _decode_number, lambda value: (_shortest(Decimal(value)),)),
        Codec("amount", _decode_number, lambda value: (format(Decimal(value), "f"),)),
        *(_implied(places) for places in (1, 2, 3, 4)),
    )
}

EXACT = frozenset(
    name for name in CODECS if name in ("integer", "decimal", "number", "amount") or name.startswith("implied")
)
"""The codecs whose values are numbers."""

# Amounts keep the decimals of their currency; a date of EDIFACT stands with its format.
_BY_NUMBER = {"5004": "amount", "2380": "period"}
_BY_TYPE = {"N0": "integer", "R": "decimal", "DT": "date", "n": "number"} | {
    f"N{places}": f"implied{places}" for places in (1, 2, 3, 4)
}


def codec_of(element: Element) -> Codec:
    """The codec that an element asks for by its number or type; text where it asks for none (X12.6, ISO 9735)."""
    return CODECS[_BY_NUMBER.get(element.number) or _BY_TYPE.get(element.type, "text")]
