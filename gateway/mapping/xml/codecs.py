"""Codecs of XML: pairs of functions between the text of an element or attribute and a value.

decode raises ValueError, saying what the text is, where it means nothing; None is a text that says "absent" (the
initial value of a date in an IDoc is 00000000). Our own XML has the forms of XML Schema; SAP writes a minus behind the
number, days without hyphens, and `X` for yes. The type of the field says which codec is meant, where a row names none.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from gateway.documents.base import DECIMAL_TEXT, INSTANT_TEXT, iso_instant, plain

_NUMBER = re.compile(DECIMAL_TEXT)
_COUNT = re.compile(r"-?[0-9]{1,30}")
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_INSTANT = re.compile(INSTANT_TEXT)
_SAP_NUMBER = re.compile(r"([0-9]{1,30}(?:\.[0-9]{0,15})?|\.[0-9]{1,15})(-?)")
_SAP_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SAP_TIME = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True)
class XmlCodec:
    """A named pair of functions. `is_exact` says that its values are numbers."""

    name: str
    decode: Callable[[str], Any]
    encode: Callable[[Any], str]
    is_exact: bool = False


def _matched(pattern: re.Pattern[str], text: str, what: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(f"is {text[:60]!r}, which is {what}")
    return found


def _number(text: str) -> Decimal:
    return Decimal(_matched(_NUMBER, text.strip(), "no number such as 12 or 43.50")[0])


def _count(text: str) -> int:
    return int(_matched(_COUNT, text.strip(), "no whole number")[0])


def _day(text: str) -> date:
    return date(*map(int, _matched(_DAY, text.strip(), "no day such as 2026-11-20").groups()))


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(_matched(_INSTANT, text.strip(), "no instant such as 2026-11-26T14:15:00Z")[0])


def _flag(text: str) -> bool:
    meanings = {"true": True, "1": True, "false": False, "0": False}
    if text.strip() not in meanings:
        raise ValueError(f"is {text[:60]!r}, which is neither true nor false")
    return meanings[text.strip()]


def _sap_number(text: str) -> Decimal:
    digits, minus = _matched(_SAP_NUMBER, text.strip(), "no number such as 12.000 or 5.00-").groups()
    return Decimal(minus + digits)


def _encode_sap_number(value: Decimal) -> str:
    digits = plain(Decimal(value))
    return f"{digits[1:]}-" if digits.startswith("-") else digits


def _sap_day(text: str) -> date | None:
    if not text.strip(" 0"):
        return None
    return date(*map(int, _matched(_SAP_DAY, text.strip(), "no day of the form CCYYMMDD").groups()))


def _sap_time(text: str) -> time:
    hour, minute, second = map(int, _matched(_SAP_TIME, text.strip(), "no time of the form HHMMSS").groups())
    return time(hour, minute, second)


def _sap_flag(text: str) -> bool:
    if text.strip() not in ("X", ""):
        raise ValueError(f"is {text[:60]!r}, which is neither X nor empty")
    return text.strip() == "X"


CODECS: dict[str, XmlCodec] = {
    codec.name: codec
    for codec in (
        XmlCodec("text", str, str),
        XmlCodec("number", _number, lambda value: plain(Decimal(value)), is_exact=True),
        XmlCodec("count", _count, lambda value: str(int(value)), is_exact=True),
        XmlCodec("day", _day, date.isoformat),
        XmlCodec("instant", _instant, iso_instant),
        XmlCodec("flag", _flag, lambda value: "true" if value else "false"),
        XmlCodec("sap_number", _sap_number, _encode_sap_number, is_exact=True),
        XmlCodec("sap_day", _sap_day, lambda day: day.isoformat().replace("-", "")),
        XmlCodec("sap_time", _sap_time, lambda clock: f"{clock:%H%M%S}"),
        XmlCodec("sap_flag", _sap_flag, lambda value: "X" if value else ""),
    )
}


@dataclass(frozen=True, slots=True)
class Standard:
    """How a family of XML writes values: the codec of each type of field, and whether empty text is data.

    `structural` are attributes of the syntax itself, which no row reads.
    """

    name: str
    codecs: Mapping[type, XmlCodec]
    empty_is_absent: bool
    structural: frozenset[str] = frozenset()

    def codec_of(self, type_: type) -> XmlCodec:
        """The codec for a type of field; text where there is none of its own."""
        return self.codecs.get(type_, CODECS["text"])


_PLAIN = {Decimal: "number", int: "count", bool: "flag", date: "day", datetime: "instant"}
_SAP = _PLAIN | {Decimal: "sap_number", bool: "sap_flag", date: "sap_day", time: "sap_time"}

STANDARDS: dict[str, Standard] = {
    "xml": Standard("xml", {type_: CODECS[name] for type_, name in _PLAIN.items()}, empty_is_absent=False),
    "idoc": Standard(
        "idoc",
        {type_: CODECS[name] for type_, name in _SAP.items()},
        empty_is_absent=True,
        structural=frozenset({"BEGIN", "SEGMENT"}),
    ),
}
"""The families of XML by the first part of `message`: our own, and SAP's IDocs, whose empty fields are initial ones."""
