"""A conversation with an instance: Amazon and a toy ERP write files at simulated times, and answer what they find.

What happens is a queue of events in the order of their times. Each minute in which something happens is one turn of the
gateway, the same as `gateway once`; what has then appeared in its folders brings new events. All chance comes from one
random.Random, so a seed is a conversation.
"""

import heapq
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

from gateway.catalogue import ITEMS, Item
from gateway.config import FolderChannel, Partner
from gateway.documents import ErpDocument, ErpInvoice, Shipment
from gateway.instance import Instance
from gateway.simulate.amazon import Habits, Order, changed, happens, new_number, new_order, reaction
from gateway.simulate.events import SOURCES, Event, FromAmazon, FromErp, RowOfItems, named, number_in
from gateway.simulate.order_messages import cancel_message, change_message, order_message
from gateway.simulate.sides import CannotPlay, Side, labels_used, side_of
from gateway.simulate.toy_erp import Labels, Said, Ways, plan
from gateway.simulate.wire import Bill, Letter, bill_of, enclose, letter_of, payment_of, verdict_on
from gateway.simulate.writing import JsonWriting, Writing
from gateway.turn import Turn

_TOGETHER = timedelta(minutes=1)
_PAYS_AFTER = timedelta(days=60)
_LOOKS_ON = 14  # days after the last order in which somebody still looks


@dataclass
class SimulatedClock:
    """The time of the conversation, for the instance to read."""

    now: datetime

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass
class Conversation:
    """Both other shores of an instance. The caller holds the instance's lock."""

    instance: Instance
    clock: SimulatedClock
    chance: Random
    habits: Habits = field(default_factory=Habits)
    ways: Ways = field(default_factory=Ways)
    writing: Writing = field(default_factory=JsonWriting)

    sent: Counter[str] = field(default_factory=Counter)
    ordered: list[tuple[str, str]] = field(default_factory=list)
    _queue: list[tuple[datetime, int, Event]] = field(default_factory=list)
    _count: int = 0
    _seen: set[Path] = field(default_factory=set)
    _labels: Labels = field(default_factory=Labels)
    _told: dict[tuple[str, ...], ErpDocument] = field(default_factory=dict)
    _right: dict[tuple[str, ...], tuple[str, Said]] = field(default_factory=dict)
    _left: dict[tuple[str, str], dict[str, Decimal]] = field(default_factory=dict)
    _cancelled: set[tuple[str, str]] = field(default_factory=set)
    _bills: dict[str, dict[str, Bill]] = field(default_factory=dict)
    _sides: dict[str, Side] = field(default_factory=dict)

    def play(self, orders: int, days: int, partners: Sequence[Partner], looks_on: int = _LOOKS_ON) -> None:
        """Play so many orders within so many days, and everything that follows from them.

        For `looks_on` days more the gateway looks once a day, whatever happens. Raises CannotPlay where the masters
        lack what an order needs.
        """
        begins = self.clock.now
        self._seen.update(path for folder in self._outboxes() for path in folder.iterdir())
        self._turn()  # masters that wait are taken before anything is ordered of them
        sides = [side_of(partner, self.instance) for partner in partners]
        self._sides.update({side.partner.name: side for side in sides})
        self._labels.serial = labels_used(self.instance.journal)
        for _ in range(orders):
            side = self.chance.choice(sides)
            at = begins + timedelta(minutes=self.chance.randint(1, days * 24 * 60 - 1))
            self._order(side, at)
        for day in range(1, days + looks_on):
            self._at(begins + timedelta(days=day), None)
        self._run()
        self.clock.now = max(self.clock.now, begins + timedelta(days=days) + _PAYS_AFTER)
        for side in sides:
            self._pay(side)
        self._run()

    # Time

    def _at(self, at: datetime, event: Event) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, event))

    def _run(self) -> None:
        """Go on until nothing is due any more."""
        while self._queue:
            until = self._queue[0][0] + _TOGETHER
            while self._queue and self._queue[0][0] <= until:
                at, _, event = heapq.heappop(self._queue)
                self.clock.now = max(self.clock.now, at)
                self._do(event)
            self._turn()

    def _turn(self) -> None:
        Turn(self.instance).run()
        for path in self._news():
            data = path.read_bytes()
            if path.parent == self.instance.config.erp.outbox:
                self._read_sales_order(data)
            else:
                self._read_letter(letter_of(data))

    def _news(self) -> list[Path]:
        """What has appeared in the folders of both shores, by name."""
        found = {path for folder in self._outboxes() for path in folder.iterdir() if not path.name.startswith(".")}
        news = sorted(found - self._seen)
        self._seen |= found
        return news

    def _outboxes(self) -> Iterator[Path]:
        yield self.instance.config.erp.outbox
        channels = self.instance.config.channels.values()
        yield from dict.fromkeys(channel.outbox for channel in channels if isinstance(channel, FolderChannel))

    def _do(self, event: Event) -> None:
        match event:
            case FromAmazon():
                self._amazon_writes(event)
            case FromErp():
                self._erp_writes(event)
            case RowOfItems():
                cells = ITEMS.cells(event.item)
                rows = "\n".join((",".join(cells), ",".join(cells.values()), ""))
                self._write(self.instance.config.erp.inbox, "items.csv", rows.encode())

    def _write(self, folder: Path, name: str, data: bytes) -> None:
        """Write a file whole, as old as the conversation says: under another name first, then renamed."""
        self._count += 1
        stem, _, ending = name.rpartition(".")
        unfinished = folder / f".{name}"
        unfinished.write_bytes(data)
        os.utime(unfinished, (self.clock.now.timestamp(),) * 2)
        unfinished.rename(folder / (name if ending == "csv" else f"{stem}.{self._count:06}.{ending}"))

    # Amazon

    def _order(self, side: Side, at: datetime) -> None:
        """Draw an order and what Amazon does about it later."""
        account = side.partner.accounts[self.chance.choice(sorted(side.offers))]
        number = new_number(self.chance)
        while self.instance.journal.events(f"order:{side.partner.name}:{number}") or number in side.orders:
            number = new_number(self.chance)
        offers = side.offers[account.name]
        order = new_order(self.chance, number, offers, side.ship_to, account.name, at, self.habits)
        side.orders[number] = order
        self.ordered.append((side.partner.name, number))
        copies = 2 if happens(self.chance, self.habits.repeat) else 1
        self._at(at, FromAmazon(side, *order_message(order, side.partner, account.currency), copies=copies))
        for line in order.lines:
            if line.offer.id.startswith("NEW-") and happens(self.chance, 50):
                row = Item(
                    sku=line.offer.id,
                    partner=side.partner.name,
                    partner_item=line.offer.id,
                    scheme=line.offer.scheme,
                    base_price=line.offer.price,
                )
                self._at(at + timedelta(hours=self.chance.randint(1, 30)), RowOfItems(row))
        later = at + timedelta(hours=self.chance.randint(1, 60))
        if happens(self.chance, self.habits.cancel):
            self._at(later, FromAmazon(side, *cancel_message(order, later, side.partner), cancels=number))
        elif happens(self.chance, self.habits.change):
            self._change(side, order, later, account.currency)

    def _change(self, side: Side, order: Order, at: datetime, currency: str) -> None:
        """All of the order again, or only what is other."""
        now = changed(self.chance, order, self.habits)
        if now == order:
            return
        if self.chance.randint(0, 1):
            self._at(at, FromAmazon(side, *change_message(order, now, at, side.partner)))
        else:
            self._at(at, FromAmazon(side, *order_message(now, side.partner, currency)))

    def _amazon_writes(self, event: FromAmazon) -> None:
        side = event.side
        side.number += 1
        data = enclose(event.message, event.body, side.partner, side.number, self.clock.now)
        for _ in range(event.copies):
            self._write(side.channel.inbox, f"{event.message}.edi", data)
        if event.cancels is not None:
            self._cancelled.add((side.partner.name, event.cancels))
            self._forget(side, event.cancels, has_left=False)
        if event.bill is not None:
            self._bills.setdefault(side.partner.name, {})[event.bill.number] = event.bill
        if event.refused is not None:
            self._mend(side, event.refused)

    def _read_letter(self, letter: Letter) -> None:
        """Amazon looks at something of ours."""
        self.sent[letter.message] += 1
        side = self._side_of(letter)
        if side is None or letter.message not in SOURCES:
            return
        drawn = reaction(self.chance, self.habits)
        if drawn.verdict is None:
            return
        is_paid = SOURCES[letter.message] == "invoice" and drawn.verdict != "R"
        said = FromAmazon(
            side,
            *verdict_on(letter, drawn.verdict, side.partner),
            refused=letter if drawn.verdict == "R" else None,
            bill=bill_of(letter) if is_paid else None,
        )
        self._at(self.clock.now + drawn.after, said)

    def _pay(self, side: Side) -> None:
        """One remittance for each account, over all that Amazon took."""
        bills = list(self._bills.get(side.partner.name, {}).values())
        for account in side.partner.accounts.values():
            own = [bill for bill in bills if side.orders[bill.purchase_order].account == account.name]
            if own:
                paid = [(bill, self._taken_off(bill)) for bill in own]
                reference = f"AP{self.clock.now:%y%m%d}{side.number:06}"
                made = payment_of(paid, reference, account.name, account.currency, self.clock.now, side.partner)
                self._at(self.clock.now, FromAmazon(side, *made))

    def _taken_off(self, bill: Bill) -> Decimal:
        """What Amazon pays less: nothing, or up to a tenth."""
        if not happens(self.chance, self.habits.short):
            return Decimal(0)
        return (bill.total * self.chance.randint(1, 10) / 100).quantize(Decimal("0.01"))

    # The ERP

    def _read_sales_order(self, data: bytes) -> None:
        """The ERP takes a sales order: what it had planned for an earlier revision is off."""
        order = self.writing.read(data)
        if order is None:
            raise CannotPlay(f"the toy ERP was handed what is no sales order: {data[:200]!r}")
        side, key = self._sides.get(order.partner), (order.partner, order.purchase_order)
        if side is None or order.purchase_order not in side.orders or key in self._cancelled:
            return
        self._forget(side, order.purchase_order, has_left=True)
        left, shop = self._left.get(key, {}), side.shops[order.account]
        for said in plan(order, left, shop, self._labels, self.clock.now, self.ways, self.chance):
            self._at(self.clock.now + said.after, FromErp(side, order.purchase_order, said))

    def _erp_writes(self, event: FromErp) -> None:
        said, partner = event.said, event.side.partner.name
        key = (partner, *named(said.document))
        document, before = said.document, self._told.get(key)
        if before is not None and hasattr(before, "revision"):
            same = document.model_copy(update={"revision": before.revision})
            is_new = event.again or same != before
            document = document.model_copy(update={"revision": before.revision + 1}) if is_new else same
        if before is None and said.left:
            left = self._left.setdefault((partner, event.purchase_order), {})
            for line, pieces in said.left.items():
                left[line] = left.get(line, Decimal(0)) + pieces
        self._told[key] = document
        if not said.is_wrong:
            self._right[key] = event.purchase_order, said
        for name, data in self.writing.write(document, ".".join(key)):
            self._write(self.instance.config.erp.inbox, name, data)

    def _mend(self, side: Side, letter: Letter) -> None:
        """What Amazon refused the ERP sends again, some hours later, under a new revision."""
        known = self._right.get((side.partner.name, SOURCES[letter.message], number_in(letter)))
        if known is not None:
            purchase_order, said = known
            at = self.clock.now + timedelta(hours=self.chance.randint(1, 12))
            self._at(at, FromErp(side, purchase_order, said, again=True))

    def _forget(self, side: Side, purchase_order: str, *, has_left: bool) -> None:
        """Take what was planned for an order out of the queue, but what belongs to goods that have left."""
        partner = side.partner.name

        def stays(event: Event) -> bool:
            if not isinstance(event, FromErp) or (event.side, event.purchase_order) != (side, purchase_order):
                return True
            goods = event.said.document.shipment if isinstance(event.said.document, Shipment | ErpInvoice) else None
            return has_left and (partner, "shipment", str(goods)) in self._told

        self._queue = [each for each in self._queue if stays(each[2])]
        heapq.heapify(self._queue)

    # Who is who

    def _side_of(self, letter: Letter) -> Side | None:
        receiver = letter.first("ISA")[8].strip() or letter.first("UNB")[3].split(":")[0]
        return next((side for side in self._sides.values() if side.partner.theirs.id == receiver), None)
