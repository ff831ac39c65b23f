"""Not a piece and not a cent is lost between the shores: `python -m tests.conservation -n 10000 --seed 1`.

Orders are generated, with packs that divide nothing and prices of fractions of a cent, read from bytes, handed to a toy
ERP, and what it answers, ships and charges is made into 855, 856, 810 or ORDRSP, DESADV, INVOIC and sealed. The sums
are taken of those bytes by the judge's reader, which shares nothing with the gateway, and held against the ERP's own.
"""

import argparse
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Literal, cast

from pydantic import BaseModel

from gateway.catalogue import (
    Account,
    AccountTerms,
    Booked,
    Item,
    Items,
    read_locations,
    to_erp,
    to_partner_invoice,
    to_partner_response,
    to_partner_ship_notice,
)
from gateway.config import Config, load
from gateway.documents import ErpInvoice, ErpOrderResponse, PurchaseOrder, SalesOrderLine, Shipment
from gateway.documents.money import Price, agrees
from gateway.grammar.order import Written
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.pipeline.outgoing import MESSAGES
from gateway.resources import SHIPPED
from gateway.simulate.amazon import Habits, Offer, Order, new_number, new_order
from gateway.simulate.order_messages import order_message
from gateway.simulate.toy_erp import Labels, Shop, Ways, plan
from gateway.simulate.wire import enclose
from gateway.syntax.envelope import Message
from gateway.syntax.files import read
from gateway.syntax.seal import Envelope, seal
from gateway.syntax.seal_edifact import EdifactEnvelope, seal_edifact
from gateway.syntax.service_characters import DEFAULT
from tests.judge.documents import Answer, Document, Invoice, Notice
from tests.judge.envelopes import interchange_of
from tests.judge.known import Known, items_of

ROOT = Path(__file__).parents[1]
AT = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
PACKS = (1, 3, 6, 7, 9, 11, 12)
CENT = Decimal("0.01")
PLACES = read_locations((ROOT / "samples" / "masters" / "locations.csv").read_bytes())[0]
TERMS = (AccountTerms(account="ACME1", net_days=60), AccountTerms(account="ACME5", net_days=60, tax_rate=Decimal(19)))
PARTNERS = (("amazon-us", "ACME1"), ("amazon-eu", "ACME5"))
MAPPINGS = Mappings(SHIPPED.read_text, SHIPPED.exists)
HABITS = Habits(lines=4, units=40, unknown=0)
WAYS = Ways(refused=0, split=60, partial=50, mistake=0, repeat=0, never_shipped=15, in_turn=100)

Basis = Literal["ordered-unit", "each"]
Pieces = dict[str, Decimal]


def config() -> Config:
    """The partners of the shipped example, for their ids."""
    return load(ROOT / "config.example.toml")


def gtin(number: int) -> str:
    """A GTIN-13 with its check digit."""
    digits = f"400{number:09}"
    weighted = sum(int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(digits))
    return f"{digits}{-weighted % 10}"


@dataclass
class Campaign:
    """So many orders, each checked as soon as it is over; `faults` says what is off, and in which order."""

    chance: Random
    counts: Counter[str] = field(default_factory=Counter)
    money: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    seconds: float = 0
    _config: Config = field(default_factory=config)
    _labels: Labels = field(default_factory=Labels)

    def run(self, orders: int) -> "Campaign":
        """Play them."""
        start = time.perf_counter()
        for number in range(1, orders + 1):
            play = Play(self, number, *self.chance.choice(PARTNERS), self.chance.choice(("ordered-unit", "each")))
            self.faults += [f"order {number}: {fault}" for fault in play.faults()]
            self.counts["orders"] += 1
        self.seconds = time.perf_counter() - start
        return self

    def as_line(self) -> str:
        """One line to print."""
        counted = ", ".join(
            f"{self.counts[name]:,} {name}" for name in ("orders", "messages", "pieces", "lines charged in full")
        )
        money = ", ".join(f"{amount:,.2f} {currency}" for currency, amount in sorted(self.money.items()))
        return f"{counted}, {money} charged: {len(self.faults)} off, {self.seconds:.0f} s"


class Play:
    """One order from its bytes to the bytes of its invoices."""

    def __init__(self, campaign: Campaign, number: int, partner: str, account: str, basis: str) -> None:
        self.campaign, self.chance, self.number = campaign, campaign.chance, number
        self.partner = campaign._config.partners[partner]
        self.guide = MAPPINGS.guide(partner)
        self.account = Account(
            name=account,
            company=self.partner.accounts[account].company,
            customer="AMAZON",
            currency=self.partner.accounts[account].currency,
            measurement_type="EA",
            price_basis=cast("Basis", basis),
            freight="collect",
            warehouse=self.partner.accounts[account].warehouse,
        )
        self.offers = [self._offer(place) for place in range(1, 5)]
        self.packs = {offer.id: offer.pack for offer in self.offers}
        self.charged: dict[str, list[tuple[Decimal, Decimal]]] = defaultdict(list)

    def _offer(self, place: int) -> Offer:
        """An item by its GTIN, in cases or pieces, at a price of two to four decimals."""
        price = Decimal(self.chance.randint(1, 999_999)).scaleb(-self.chance.randint(2, 4))
        return Offer("EN", gtin(self.number * 10 + place), price, self.chance.choice(PACKS))

    def faults(self) -> Iterator[str]:
        """What is off, from the order to the last cent."""
        order = new_order(
            self.chance, new_number(self.chance), self.offers, self._place("ship-to"), self.account.name, AT, HABITS
        )
        read_in = self._read(order)
        conversion = to_erp(read_in, self.partner.name, self.account, self._items(), revision=0)
        if conversion.document is None:
            yield f"it cannot be booked: {conversion.gaps}"
            return
        self.booked = Booked(order=read_in, sales_order=conversion.document, account=self.account)
        ordered = {line.line: line.base.value for line in conversion.document.lines}
        wanted = {line.line: Decimal(line.units * line.offer.pack) for line in order.lines}
        yield from _differ("pieces booked and ordered", ordered, wanted)
        shop = Shop(self._place("ship-from"), "kg", Decimal(19) if self.account.name == "ACME5" else Decimal(0))
        said = plan(conversion.document, {}, shop, self.campaign._labels, AT, WAYS, self.chance)
        documents = [each.document for each in said]
        shipments = {each.shipment: each for each in documents if isinstance(each, Shipment)}
        for document in documents:
            match document:
                case ErpOrderResponse():
                    yield from self._answer(document, wanted)
                case Shipment():
                    yield from self._notice(document)
                case ErpInvoice():
                    yield from self._invoice(self._as_rounded(document), shipments[document.shipment or ""])
        for line in conversion.document.lines:
            yield from self._all_together(line)

    # The documents

    def _answer(self, answer: ErpOrderResponse, wanted: Pieces) -> Iterator[str]:
        made, gaps = to_partner_response(answer, self.booked, issued_on=AT.date())
        heard = self._heard(made, "order-response", gaps)
        if not isinstance(heard, Answer):
            yield f"no answer: {gaps}"
            return
        parts: dict[str, Pieces] = defaultdict(lambda: defaultdict(Decimal))
        for line in heard.lines:
            for part in line.parts:
                parts[part.outcome][line.line] += self._pieces(part.quantity, part.unit, line.id)
        for name in ("accepted", "backordered", "rejected"):
            said = {line.line: getattr(line, name) for line in answer.lines}
            yield from _differ(f"pieces {name}", parts[name], said)
        together: Pieces = defaultdict(Decimal)
        for number, pieces in (each for outcome in parts.values() for each in outcome.items()):
            together[number] += pieces
        yield from _differ("pieces answered and ordered", together, wanted)

    def _notice(self, shipment: Shipment) -> Iterator[str]:
        made, gaps = to_partner_ship_notice(
            shipment,
            {self.booked.order.number: self.booked},
            PLACES,
            partner=self.partner.name,
            purpose="original",
            issued_at=AT,
        )
        heard = self._heard(made, "ship-notice", gaps)
        if not isinstance(heard, Notice):
            yield f"no ship notice: {gaps}"
            return
        on_the_wire: Pieces = defaultdict(Decimal)
        for item in items_of(heard):
            on_the_wire[item.line] += self._pieces(item.quantity, item.unit, item.id)
        said: Pieces = defaultdict(Decimal)
        for packed in (packed for pack in shipment.packs for packed in pack.items):
            said[packed.line] += packed.quantity
        self.campaign.counts["pieces"] += int(sum(on_the_wire.values()))
        yield from _differ("pieces shipped", on_the_wire, said)

    def _invoice(self, invoice: ErpInvoice, shipment: Shipment) -> Iterator[str]:
        made, gaps = to_partner_invoice(
            invoice,
            {self.booked.order.number: self.booked},
            shipment,
            PLACES,
            TERMS,
            partner=self.partner.name,
            purpose="original",
        )
        heard = self._heard(made, "invoice", gaps)
        if not isinstance(heard, Invoice):
            yield f"no invoice: {gaps}"
            return
        self.campaign.money[invoice.currency] += heard.total  # type: ignore[assignment]  # a Counter of Decimals
        pieces = {line.line: self._pieces(line.quantity, line.unit, line.id) for line in heard.lines}
        yield from _differ("pieces charged", pieces, {line.line: line.quantity for line in invoice.lines})
        # A price is for what the account says that it is: for the ordered unit, or for one piece.
        is_each = self.account.price_basis == "each"
        amounts = {
            line.line: _cents(line.price * (pieces[line.line] if is_each else line.quantity)) for line in heard.lines
        }
        yield from _differ("quantity x price", amounts, {line.line: line.amount for line in invoice.lines})
        for line in heard.lines:
            self.charged[line.line].append((pieces[line.line], amounts[line.line]))
        together = sum(amounts.values(), Decimal(0)) + sum(heard.taxes, Decimal(0))
        if not heard.total == invoice.total == together:
            yield f"total {heard.total}, the ERP's {invoice.total}, lines and taxes {together}"

    def _all_together(self, line: SalesOrderLine) -> Iterator[str]:
        """What a line comes to in all its invoices: the amount of the order, where all of it was charged.

        Each invoice rounds its own amount, by half a cent at most; where the price is in whole cents, by nothing.
        """
        charged = self.charged[line.line]
        if sum(pieces for pieces, _ in charged) != line.base.value:
            return
        is_whole = line.price.amount == _cents(line.price.amount)
        most = CENT / 2 * (len(charged) + 1) if len(charged) > 1 and not is_whole else Decimal(0)
        amount = sum((amount for _, amount in charged), Decimal(0))
        self.campaign.counts["lines charged in full"] += 1
        if abs(amount - line.amount) > most:
            yield f"line {line.line}: {len(charged)} invoices come to {amount}, ordered were {line.amount}"

    def _as_rounded(self, invoice: ErpInvoice) -> ErpInvoice:
        """As an ERP that keeps prices per piece with four decimals writes it, where this moves no amount."""
        lines = []
        for line in invoice.lines:
            each = Price(
                amount=(line.price.amount / line.price.per).quantize(Decimal("0.0001")), per=Decimal(1), unit="each"
            )
            is_same = agrees(line.quantity, each, line.amount, invoice.currency)
            lines.append(line.model_copy(update={"price": each}) if is_same and self.number % 3 == 0 else line)
        return invoice.model_copy(update={"lines": tuple(lines)})

    # The way in and out

    def _read(self, order: Order) -> PurchaseOrder:
        data = enclose(
            *order_message(order, self.partner, self.account.currency), self.partner, self.number % 999_999_999, AT
        )
        (message,) = (event for event in read([data]) if isinstance(event, Message))
        document = read_message(message, MAPPINGS.guided(self.partner.guide, message.type)).document
        assert isinstance(document, PurchaseOrder)
        return document

    def _heard(self, document: BaseModel | None, kind: str, gaps: Iterable[object]) -> Document | None:
        """The document as its bytes say it; None where there is none."""
        if document is None or any(getattr(gap, "severity", "") == "block" for gap in gaps):
            return None
        message = MESSAGES[self.guide.standard][kind]  # type: ignore[index]  # one of the three kinds
        written = write_document(document, MAPPINGS.guided(self.partner.guide, message))
        interchange = interchange_of(self._sealed(message, written.segments))
        assert not interchange.faults
        self.campaign.counts["messages"] += 1
        return interchange.documents[0]

    def _sealed(self, message: str, segments: Sequence[Written]) -> bytes:
        ours, theirs, use = self.partner.our_id, self.partner.id, self.guide.messages[message]
        if self.partner.format == "edifact":
            around = EdifactEnvelope(
                sender=ours, receiver=theirs, at=AT, control_number="1", syntax=use.syntax, agreement=use.agreement
            )
            body = [("1", f"{message}:{use.identifier}", segments)]
            return seal_edifact(body, around, DEFAULT, self.guide.line_break).data
        grammar = MAPPINGS.grammar(self.partner.guide, message)
        envelope = Envelope(
            sender=ours,
            receiver=theirs,
            at=AT,
            kind=grammar.group,
            version=grammar.version,
            control_number=1,
            group_number=1,
            is_test=False,
        )
        return seal([(message, segments)], envelope, self.guide.delimiters, self.guide.line_break).data

    def _items(self) -> Items:
        return Items(
            Item(
                sku=f"SKU-{offer.id}",
                partner=self.partner.name,
                partner_item=offer.id,
                scheme=offer.scheme,
                gtin_case=offer.id if offer.pack > 1 else "",
                case_pack=offer.pack if offer.pack > 1 else None,
            )
            for offer in self.offers
        )

    def _pieces(self, quantity: Decimal, unit: str, item: str) -> Decimal:
        return Known(self.packs).pieces(quantity, unit, item)

    def _place(self, role: str) -> str:
        return next(place.code for place in PLACES if place.role == role and place.partner == self.partner.name)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _differ(what: str, found: Pieces, wanted: Pieces) -> Iterator[str]:
    """A sentence for each line of which the two say something else."""
    for line in sorted({*found, *wanted}):
        if found.get(line, Decimal(0)) != wanted.get(line, Decimal(0)):
            yield f"line {line}: {what}: {found.get(line)} on the wire, not {wanted.get(line)}"


def main(arguments: Sequence[str] | None = None) -> int:
    """1 where anything is off."""
    parser = argparse.ArgumentParser(prog="python -m tests.conservation", description="Count pieces and cents.")
    parser.add_argument("-n", type=int, default=1000, help="orders")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    campaign = Campaign(Random(chosen.seed)).run(chosen.n)
    print(campaign.as_line())
    print(*campaign.faults[:10], sep="\n", end="\n" if campaign.faults else "")
    return int(bool(campaign.faults))


if __name__ == "__main__":
    sys.exit(main())
