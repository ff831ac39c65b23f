"""What an order says to people in its text, line by line of 70 characters: whatever SAP has no field for.

Conversions from cases to pieces always stand there, in words that can be read back: `line 2: 10 CA converted to 120
PCE by gateway`.
"""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from textwrap import wrap

from gateway.documents.base import iso_instant, plain
from gateway.documents.erp import SalesOrder
from gateway.documents.purchase_order import Window
from gateway.documents.quantity import Quantity
from gateway.documents.sap import SapTextBlock, SapTextLine
from gateway.sap.profile import SapProfile

_LENGTH = 70
_NUMBER = r"\d+(?:\.\d+)?"
_CONVERTED = re.compile(
    rf"(?:line (?P<line>\S+): )?(?P<value>{_NUMBER}) (?P<code>\S+) converted to {_NUMBER} \S+ by .+"
)


def text_of(order: SalesOrder, notes: Iterable[str], profile: SapProfile) -> SapTextBlock | None:
    """The text of an order; None where there is nothing to say."""
    said = [*_conversions(order, profile), *_terms(order), *notes]
    lines = [
        SapTextLine(text=part, format="*" if index == 0 else None)
        for text in said
        for index, part in enumerate(wrap(text, _LENGTH))
    ]
    return SapTextBlock(id=profile.text_id, language=profile.language, lines=tuple(lines)) if lines else None


def _conversions(order: SalesOrder, profile: SapProfile) -> Iterator[str]:
    for line in order.lines:
        if line.ordered.unit == "case" or line.ordered.value != line.base.value:
            code = line.ordered.code or line.ordered.unit
            yield (
                f"line {line.line}: {plain(line.ordered.value)} {code} converted to {plain(line.base.value)} "
                f"{profile.base_unit} by gateway"
            )


def _terms(order: SalesOrder) -> Iterator[str]:
    window = order.window or Window()
    days = [f"{word} {day}" for word, day in (("from", window.not_before), ("until", window.not_after)) if day]
    if days:
        yield f"deliver {' '.join(days)}"
    if order.ship_by:
        yield f"ship by {iso_instant(order.ship_by)}"
    if order.service:
        yield f"ship service: {order.service}"
    if order.flag:
        yield f"flag: {order.flag}"
    if order.pending:
        yield "the buyer has not paid yet"
    if order.cancelled:
        yield "cancelled"
    if order.prices_include_tax:
        yield "prices include tax"
    for line in order.lines:
        if line.open is not None:
            yield f"line {line.line}: {plain(line.open)} still to be shipped"
        if line.tax_responsibility:
            yield f"line {line.line}: tax is owed by the {line.tax_responsibility}"


def ordered_in(block: Iterable[SapTextBlock], line: str, base: Decimal) -> Quantity:
    """What was ordered of a line by the text of its order; without such a text, its pieces."""
    for text in block:
        for said in text.lines:
            found = _CONVERTED.fullmatch(said.text or "")
            if found and found["line"] in (line, None):
                return Quantity(value=Decimal(found["value"]), unit="case", code=found["code"])
    return Quantity(value=base, unit="each")
