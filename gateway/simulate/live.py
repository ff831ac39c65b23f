"""Amazon, an ERP and some mishaps around an instance that another process runs, as fast as somebody likes to watch.

It is the conversation of conversation.py at the clock on the wall: what would happen in hours happens in hours divided
by `speed`, and every file bears the time at which it is written, since the gateway beside it goes by that too. It only
touches folders and reads the journal, so it needs no lock and may be stopped at any moment.
"""

import heapq
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event as Flag
from typing import Any

from gateway.config import FolderChannel, Partner
from gateway.documents import ErpDocument, ErpInvoice, SalesOrder, Shipment, read_erp
from gateway.simulate.amazon import happens, new_number, new_order
from gateway.simulate.buyers import Shop, booked, dispatched, stock_csv
from gateway.simulate.conversation import Conversation
from gateway.simulate.events import FromAmazon, FromErp
from gateway.simulate.faulty import FAULTS
from gateway.simulate.order_messages import order_message
from gateway.simulate.sides import CannotPlay, labels_used, side_of
from gateway.simulate.wire import Letter, advice_on, letter_of

_LOOK_EVERY = 0.2  # seconds
_HASTE = 10
_MASTERS_TAKE = timedelta(seconds=30)
_ADVICE = {"856": 8, "810": 10}  # per cent of what is taken, of which Amazon's people say something later
_CENT = 100


@dataclass(frozen=True)
class FromErpOfSeller:
    """A document of the ERP about a seller's."""

    name: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Pace:
    """How often something happens, in the time of the play."""

    orders: timedelta = timedelta(minutes=30)
    payments: timedelta = timedelta(hours=8)
    faults: timedelta = timedelta(hours=5)
    sales: timedelta = timedelta(hours=2)
    stock: timedelta = timedelta(hours=6)
    settlements: timedelta = timedelta(hours=20)


@dataclass
class Live(Conversation):
    """The other shores of an instance that runs. `wall` tells the time, `speed` is how many times faster than life."""

    speed: int = 60
    pace: Pace = field(default_factory=Pace)
    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    written: Counter[str] = field(default_factory=Counter)
    _next: dict[str, datetime] = field(default_factory=dict)
    _shops: list[tuple[Shop, FolderChannel]] = field(default_factory=list)

    def feed(
        self,
        partners: Sequence[Partner],
        stop: Flag,
        until: datetime | None = None,
        head_start: timedelta = timedelta(0),
    ) -> None:
        """Go on until `stop` is set, or until that time; for the length of `head_start` ten times faster.

        Raises CannotPlay where the masters lack what is needed.
        """
        self._await_masters(partners, stop)
        if not stop.is_set():
            self.begin(partners)
        usual, ends_at = self.speed, self.wall() + head_start
        while not stop.is_set() and (until is None or self.wall() < until):
            self.speed = usual * _HASTE if self.wall() < ends_at else usual
            self.step()
            stop.wait(_LOOK_EVERY)

    def _await_masters(self, partners: Sequence[Partner], stop: Flag) -> None:
        """An instance that was just made has its masters only when the gateway has first looked."""
        patient_until = self.wall() + _MASTERS_TAKE
        while not stop.is_set():
            try:
                for partner in partners:
                    side_of(partner, self.instance)
                return
            except CannotPlay:
                if self.wall() > patient_until:
                    raise
                stop.wait(_LOOK_EVERY)

    def begin(self, partners: Sequence[Partner]) -> None:
        """Read what may be ordered, and leave alone what lies there from before."""
        self.clock.now = now = self.wall()
        self._count = int(now.timestamp())  # names of files go on behind those of an earlier play
        self._seen.update(path for folder in self._outboxes() if folder.is_dir() for path in folder.iterdir())
        sides = [side_of(partner, self.instance) for partner in partners]
        self._sides.update({side.partner.name: side for side in sides})
        self._labels.serial = labels_used(self.instance.journal)
        self._shops = list(self._opened())
        self._next = dict.fromkeys(self._happenings, now)
        for what, every in self._paces.items():
            if what not in ("orders", "stock"):  # what goes on for hours need not begin with the first second
                self._next[what] = now + every / self.speed / 2

    def step(self) -> None:
        """Everything that is due by now, and a look at what the gateway has written."""
        self.clock.now = self.wall()
        for what, happen in self._happenings.items():
            if self._next[what] <= self.clock.now:
                happen()
                pause = self._paces[what] / self.speed
                self._next[what] = self.clock.now + pause * self.chance.randint(50, 150) / _CENT
        while self._queue and self._queue[0][0] <= self.clock.now:
            _, _, event = heapq.heappop(self._queue)
            self._do(event)
        self._look()

    @property
    def _paces(self) -> dict[str, timedelta]:
        return {name: getattr(self.pace, name) for name in Pace.__dataclass_fields__}

    @property
    def _happenings(self) -> dict[str, Callable[[], None]]:
        return {
            "orders": self._somebody_orders,
            "payments": self._everybody_is_paid,
            "faults": self._something_goes_wrong,
            "sales": self._buyers_order,
            "stock": self._stock_is_counted,
            "settlements": self._sales_are_settled,
        }

    # What happens by itself

    def _somebody_orders(self) -> None:
        self._order(self.chance.choice(list(self._sides.values())), self.clock.now)

    def _everybody_is_paid(self) -> None:
        for side in self._sides.values():
            self._pay(side)
        self._bills.clear()

    def _something_goes_wrong(self) -> None:
        side = self.chance.choice(list(self._sides.values()))
        account = side.partner.accounts[self.chance.choice(sorted(side.offers))]
        number, offers = new_number(self.chance), side.offers[account.name]
        order = new_order(self.chance, number, offers, side.ship_to, account.name, self.clock.now, self.habits)
        name, make = self.chance.choice(list(FAULTS.items()))
        side.number += 1
        body = order_message(order, side.partner, account.currency)
        self._write(side.channel.inbox, name, make(body, side.partner, side.number, self.clock.now))

    def _buyers_order(self) -> None:
        for shop, channel in self._shops:
            self._write(channel.inbox, "orders.txt", shop.orders_report(self.clock.now))

    def _stock_is_counted(self) -> None:
        for shop, _ in self._shops:
            for pool in shop.seller.stock.pools[:1]:
                data = stock_csv(shop.skus, pool, self.chance)
                self._write(self.instance.config.erp.inbox, "stock.csv", data)

    def _sales_are_settled(self) -> None:
        for shop, channel in self._shops:
            report = shop.settlement(self.clock.now)
            if report is not None:
                self._write(channel.inbox, "settlement.txt", report)

    def _opened(self) -> Iterator[tuple[Shop, FolderChannel]]:
        """Each seller whose reports come by a folder, at the first of his marketplaces."""
        skus = sorted({row["sku"] for row in self.instance.journal.master("items")})
        for seller in self.instance.config.sellers.values():
            channel = self.instance.config.channels[seller.channel]
            if isinstance(channel, FolderChannel) and skus:
                name, marketplace = next(iter(seller.marketplaces.items()))
                yield Shop(seller, name, marketplace.currency, skus, self.chance), channel

    # What follows from what the gateway does

    def _look(self) -> None:
        for path in self._news():
            try:
                data = path.read_bytes()
            except FileNotFoundError:  # somebody else has taken it
                continue
            if path.parent == self.instance.config.erp.outbox:
                self._read_for_erp(data)
            else:
                self._read_letter(letter_of(data))

    def _read_for_erp(self, data: bytes) -> None:
        """What the gateway hands to the ERP: orders of partners are worked on, documents of sellers are booked."""
        try:
            document = json.loads(data)
        except ValueError:  # another form than JSON: this ERP cannot read it
            return
        order, _ = read_erp(data)
        if isinstance(order, SalesOrder) and order.partner in self._sides:
            self._read_sales_order(data)
            return
        name = str(document.get("document", "document"))
        for after, said in (
            (timedelta(minutes=self.chance.randint(5, 60)), booked(document, self.chance)),
            (timedelta(hours=self.chance.randint(2, 10)), dispatched(document, self.clock.now, self.chance)),
        ):
            if said is not None:
                self._at(self.clock.now + after, FromErpOfSeller(f"{name}-{said['document']}.json", said))

    def _read_letter(self, letter: Letter) -> None:
        super()._read_letter(letter)
        side = self._side_of(letter)
        if side is None or side.partner.format != "x12" or not happens(self.chance, _ADVICE.get(letter.message, 0)):
            return
        verdict = "TR" if happens(self.chance, 50) else "TA"
        after = timedelta(hours=self.chance.randint(2, 6))
        made = advice_on(letter, verdict, f"AA{letter.control_number}", self.clock.now)
        self._at(self.clock.now + after, FromAmazon(side, *made))

    def _write(self, folder: Path, name: str, data: bytes) -> None:
        kind = "documents of the ERP" if folder == self.instance.config.erp.inbox else name.rpartition(".")[0]
        self.written[kind] += 1
        super()._write(folder, name, data)

    def _do(self, event: Any) -> None:
        if isinstance(event, FromErpOfSeller):
            self._write(self.instance.config.erp.inbox, event.name, json.dumps(event.said).encode())
        else:
            super()._do(event)

    # Time

    def _at(self, at: datetime, event: Any) -> None:
        """The same, so much sooner; and a document of the ERP says that it happens then."""
        if isinstance(event, FromErp):
            sooner = hastened(event.said.document, self.clock.now, self.speed)
            event = replace(event, said=replace(event.said, document=sooner))
        super()._at(soon(at, self.clock.now, self.speed), event)


def soon(at: datetime, now: datetime, speed: int) -> datetime:
    """A time to come, so many times nearer; what is past stays."""
    return now + (at - now) / speed if at > now else at


def hastened(document: ErpDocument, now: datetime, speed: int) -> ErpDocument:
    """The document with its own days so many times nearer: goods leave and are charged when it is written."""
    if isinstance(document, Shipment) and document.shipped_at is not None:
        shipped_at = soon(document.shipped_at, now, speed)
        earlier = document.shipped_at.date() - shipped_at.date()
        arrives = document.estimated_delivery and document.estimated_delivery - earlier
        return document.model_copy(update={"shipped_at": shipped_at, "estimated_delivery": arrives})
    if isinstance(document, ErpInvoice):
        dated = soon(datetime.combine(document.invoiced_on, time.min, UTC), now, speed)
        return document.model_copy(update={"invoiced_on": dated.date()})
    return document
