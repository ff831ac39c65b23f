"""Decoding what a pattern let pass: by a table where there are codes, by a bare constructor where that is enough.

Patterns see types and lengths, but no code lists, no calendar and no clock: those are looked at here, and what
the explaining reader would find fault with is a doubt.
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from gateway.grammar.elements import NUMERIC, Element, check_value
from gateway.mapping.mapping import Row
from gateway.mapping.patterns import Decode, Doubt
from gateway.mapping.values import decode_row


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


_PLAIN: dict[str, tuple[Callable[[str], Any] | None, frozenset[str]]] = {
    "text": (None, frozenset({"AN", "ID", "a", "an", *NUMERIC})),
    "decimal": (Decimal, NUMERIC - {"n"}),
    "integer": (int, NUMERIC - {"R"}),
    "number": (_number, frozenset({"n"})),
    "amount": (_number, frozenset({"n"})),
}


def decoder(row: Row, element: Element) -> Decode | None:
    """How the text of one cell is decoded: a table where there are codes, a bare constructor where that is enough."""
    if element.codes and row.codec.name == "text":
        return _table(row, element).__getitem__
    decode, types = _PLAIN.get(row.codec.name, (None, frozenset()))
    if element.type in types and not row.lookup and not element.codes:
        return decode
    look = careful(row, [element])
    return lambda text: look((text,))


def _table(row: Row, element: Element) -> dict[str, Any]:
    """Every code that is listed and has a meaning; any other is a doubt, a KeyError."""
    listed = [code for code in (element.codes.codes if element.codes else ()) if not check_value(code, element)]
    meanings = {code: row.lookup.decode(code) if row.lookup else code for code in listed}
    return {code: meaning for code, meaning in meanings.items() if meaning is not None}


def careful(row: Row, elements: Sequence[Element]) -> Callable[[Sequence[str]], Any]:
    """Decoding that looks once more at what expressions cannot see."""

    def decode(texts: Sequence[str]) -> Any:
        if any(text and check_value(text, element) for text, element in zip(texts, elements, strict=True)):
            raise Doubt
        return decode_row(row, texts)

    return decode
