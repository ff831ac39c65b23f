"""Numbers and texts as SAP writes them: leading zeros, fixed lengths, decimals, and the lines of orders.

SAP fills a number of digits alone with zeros to the length of its field and shows it without them. We write the zeros,
and take them off what is for people: delivery 0080000123 is shipment 80000123.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from textwrap import wrap

from gateway.documents.base import plain

_LINE = 6  # POSEX and ZEILE
_FIRST_OF_OTHERS = 900_001
_CUT = ".."


def padded(text: str, length: int) -> str:
    """A number with the zeros SAP puts before it; what is no number stays as it is."""
    return text.zfill(length) if _is_digits(text) else text


def bare(text: str) -> str:
    """A number without the zeros before it; what is no number stays as it is."""
    return (text.lstrip("0") or "0") if _is_digits(text) else text


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def with_places(value: Decimal, places: int) -> Decimal:
    """The same number with at least so many decimals: 24 as 24.000."""
    whole, _, fraction = plain(value).partition(".")
    return Decimal(f"{whole}.{fraction.ljust(places, '0')}") if places else value


def shortened(text: str, length: int) -> str:
    """The text, or as much of it as fits, with two dots that show the cut."""
    return text if len(text) <= length else f"{text[: length - len(_CUT)].rstrip()}{_CUT}"


def split(text: str, length: int, fields: int) -> tuple[str, ...] | None:
    """A text over so many fields of a length, broken between words where it can be; None where it is too long."""
    parts = tuple(wrap(" ".join(text.split()), length))
    return parts if len(parts) <= fields else None


def positions(lines: Iterable[str]) -> Mapping[str, str]:
    """POSEX, six digits, of each line of an order; `lines` in the order in which they were first sent.

    A line that is a number has that number. Others are counted from 900001, so that a line keeps its POSEX as long as
    later ones stand behind it.
    """
    found: dict[str, str] = {}
    others = _FIRST_OF_OTHERS
    for line in dict.fromkeys(lines):
        if _is_digits(line) and not line.startswith("0") and int(line) < _FIRST_OF_OTHERS:
            found[line] = line.zfill(_LINE)
        else:
            found[line] = str(others)
            others += 1
    return found


def position_of(written: str) -> str:
    """A POSEX as it stands in an order, six digits, of one that may have lost its zeros."""
    return padded(written, _LINE)
