"""What a toy ERP gets wrong: a table of small functions, each of which spoils a document of one kind.

Every one of these must be kept from leaving. A mistake that does not apply to a document (a case counted as a piece,
where nothing was ordered by the case) gives None.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from random import Random

from gateway.catalogue.booked import Booked
from gateway.documents import ErpDocument, ErpInvoice, ErpOrderResponse, SalesOrder, Shipment
from gateway.documents.erp import ErpCarrier


def spoil(document: ErpDocument, order: SalesOrder, chance: Random) -> ErpDocument | None:
    """The document with something wrong in it; None where nothing that we know of can be."""
    table = MISTAKES.get(document.document, ())
    return chance.choice(table)(document, order) if table else None


def _without_carrier(shipment: Shipment, _: SalesOrder) -> Shipment:
    return shipment.model_copy(update={"carrier": ErpCarrier(scac=None)})


def _with_a_wrong_label(shipment: Shipment, _: SalesOrder) -> Shipment:
    """The check digit of the last label is one too high."""
    last = shipment.packs[-1]
    label = last.sscc or ""
    wrong = last.model_copy(update={"sscc": f"{label[:-1]}{(int(label[-1]) + 1) % 10}"})
    return shipment.model_copy(update={"packs": (*shipment.packs[:-1], wrong)})


def _without_a_label(shipment: Shipment, _: SalesOrder) -> Shipment:
    wrong = shipment.packs[-1].model_copy(update={"sscc": None})
    return shipment.model_copy(update={"packs": (*shipment.packs[:-1], wrong)})


def _cases_for_pieces(shipment: Shipment, order: SalesOrder) -> Shipment | None:
    """Cases are counted where pieces are meant; nothing, where no such line is in it."""
    factors = {line.line: Booked.factor_of(line) for line in order.lines}
    if all(factors[item.line] == 1 for pack in shipment.packs for item in pack.items):
        return None
    packs = [
        pack.model_copy(
            update={
                "items": tuple(
                    item.model_copy(update={"quantity": item.quantity / factors[item.line]}) for item in pack.items
                )
            }
        )
        for pack in shipment.packs
    ]
    return shipment.model_copy(update={"packs": tuple(packs)})


def _more_than_promised(shipment: Shipment, order: SalesOrder) -> Shipment:
    """Every pack is counted as if it held ten times all that was ordered."""
    ordered = {line.line: line.base.value for line in order.lines}
    packs = [
        pack.model_copy(
            update={
                "items": tuple(item.model_copy(update={"quantity": 10 * ordered[item.line]}) for item in pack.items)
            }
        )
        for pack in shipment.packs
    ]
    return shipment.model_copy(update={"packs": tuple(packs)})


def _at_a_higher_price(invoice: ErpInvoice, _: SalesOrder) -> ErpInvoice:
    """Twice the price for each line, with a total that agrees."""
    lines = [
        line.model_copy(
            update={
                "price": line.price.model_copy(update={"amount": line.price.amount * 2}),
                "amount": line.amount * 2,
            }
        )
        for line in invoice.lines
    ]
    taxes = [tax.model_copy(update={"taxable": tax.taxable * 2, "amount": tax.amount * 2}) for tax in invoice.taxes]
    return invoice.model_copy(update={"lines": tuple(lines), "taxes": tuple(taxes), "total": invoice.total * 2})


def _with_a_wrong_total(invoice: ErpInvoice, _: SalesOrder) -> ErpInvoice:
    return invoice.model_copy(update={"total": invoice.total + Decimal("0.01")})


def _with_a_line_left_out(answer: ErpOrderResponse, _: SalesOrder) -> ErpOrderResponse:
    return answer.model_copy(update={"lines": answer.lines[:-1]})


def _with_parts_that_are_too_much(answer: ErpOrderResponse, order: SalesOrder) -> ErpOrderResponse:
    last = answer.lines[-1]
    wrong = last.model_copy(update={"accepted": last.accepted + Booked.factor_of(order.lines[-1])})
    return answer.model_copy(update={"lines": (*answer.lines[:-1], wrong)})


Spoil = Callable[..., ErpDocument | None]

MISTAKES: Mapping[str, tuple[Spoil, ...]] = {
    "order-response": (_with_a_line_left_out, _with_parts_that_are_too_much),
    "shipment": (
        _without_carrier,
        _with_a_wrong_label,
        _without_a_label,
        _cases_for_pieces,
        _more_than_promised,
    ),
    "invoice": (_at_a_higher_price, _with_a_wrong_total),
}
"""The ERP's document -> in which ways it may be wrong."""
