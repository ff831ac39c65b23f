"""Both other shores of a simulated gateway: the conversation of gateway.simulate, over channels that are simulated too.

Partner and ERP write and answer as they always do; here their files go by the post, some are out of their order or of
nobody's making, and what arrives of ours is looked at as its receiver would look: by name, number and bytes.
"""

import heapq
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from gateway.config import Partner
from gateway.documents import ErpOrderResponse, write_erp
from gateway.documents.erp import ErpOrderResponseLine
from gateway.simulate.amazon import Order
from gateway.simulate.conversation import Conversation
from gateway.simulate.events import SOURCES, Event, FromAmazon
from gateway.simulate.order_messages import order_message
from gateway.simulate.sides import Side, side_of
from gateway.simulate.wire import Letter, enclose, letter_of, verdict_on
from tests.sim.channels import FarEnd
from tests.sim.post import Post
from tests.sim.weather import Timeline

ERP = "erp"
_CHANGES = ("860", "ORDCHG")
_NEVER_SENT = "999999"
_LATE = timedelta(hours=24)


@dataclass(frozen=True)
class Comes:
    """A file comes to the gateway."""

    far: FarEnd
    name: str
    data: bytes


@dataclass(frozen=True)
class Contradicts:
    """The partner sends another order under a control number that it has used."""

    side: Side


@dataclass(frozen=True)
class Answers:
    """The ERP answers an order that the gateway has not seen yet."""

    side: Side
    order: Order


@dataclass
class Shores(Conversation):
    """The conversation of one seed. `violations` is what a receiver saw that it must never see."""

    ends: Mapping[str, FarEnd] = field(default_factory=dict)
    post: Post = field(kw_only=True)
    timeline: Timeline = field(kw_only=True)
    violations: list[str] = field(default_factory=list)
    read: dict[tuple[str, str], bytes] = field(default_factory=dict)
    resent: set[str] = field(default_factory=set)
    _files: int = 0
    _taken: set[tuple[str, str]] = field(default_factory=set)
    _last_order: dict[str, tuple[int, Order]] = field(default_factory=dict)
    _known: set[tuple[str, ...]] = field(default_factory=set)

    def begin(self, orders: int, length: timedelta, partners: Sequence[Partner]) -> None:
        """Draw so many orders within a length of time, and what is odd about the days in which they come."""
        sides = [side_of(partner, self.instance) for partner in partners]
        self._sides.update({side.partner.name: side for side in sides})
        minutes = int(length.total_seconds()) // 60
        for number in range(orders):
            side = sides[number % len(sides)] if number < len(sides) else self.chance.choice(sides)
            at = self.clock.now + timedelta(minutes=self.chance.randint(30, minutes))
            self._order(side, at)
            order = list(side.orders.values())[-1]
            if self.chance.random() < 0.1:
                self._at(at - timedelta(minutes=20), Answers(side, order))
            if self.chance.random() < 0.1:
                self._change(side, order, at - timedelta(minutes=15), side.partner.accounts[order.account].currency)
        for side in sides:
            at = self.clock.now + timedelta(minutes=self.chance.randint(1, minutes))
            if self.chance.random() < 0.5:
                self._at(at, FromAmazon(side, *self._of_nothing(side)))
            if self.chance.random() < 0.4:
                self._at(at + timedelta(days=1), Contradicts(side))

    def pay(self) -> None:
        """One remittance for each account, over all that the partners took."""
        for side in self._sides.values():
            self._pay(side)

    @staticmethod
    def _of_nothing(side: Side) -> tuple[str, list[str]]:
        """An acknowledgement of something that we never sent."""
        kind, group = ("ORDRSP", "") if side.partner.format == "edifact" else ("855", "PR")
        return verdict_on(Letter(kind, _NEVER_SENT, group, (("",),) * 4), "A", side.partner)

    # What happens

    @property
    def next_at(self) -> datetime | None:
        """When something happens next; None where nothing does any more."""
        return self._queue[0][0] if self._queue else None

    def happen(self) -> None:
        """Let everything happen that is due by now."""
        while self._queue and self._queue[0][0] <= self.clock.now:
            self._do(heapq.heappop(self._queue)[2])

    def _at(self, at: datetime, event: object) -> None:
        if isinstance(event, FromAmazon) and event.message in ("997", "CONTRL"):
            if event.refused is not None:
                self.timeline.tell("a negative acknowledgement", event.side.partner.name)
            if at - self.clock.now >= _LATE:
                self.timeline.tell("a late acknowledgement", event.side.partner.name)
            if _NEVER_SENT in event.body[0]:
                self.timeline.tell("an acknowledgement of nothing we sent", event.side.partner.name)
        super()._at(at, event)  # type: ignore[arg-type]  # an event of our own

    def _do(self, event: Event | Comes | Contradicts | Answers) -> None:
        match event:
            case Comes():
                event.far.drop(event.name, event.data, self.clock.now)
                self.timeline.say(f"{event.name} comes by {event.far.name}")
                self._note_order_of(event)
            case Contradicts():
                self._contradict(event.side)
            case Answers():
                self._answer_early(event)
            case _:
                super()._do(event)

    def _contradict(self, side: Side) -> None:
        if side.partner.name in self._last_order:
            number, order = self._last_order[side.partner.name]
            currency = side.partner.accounts[order.account].currency
            other = Order(f"X{order.number[1:]}", *(getattr(order, name) for name in Order.__match_args__[1:]))
            message, body = order_message(other, side.partner, currency)
            self.timeline.tell("a control number is used for something else", f"{side.partner.name} {number}")
            data = enclose(message, body, side.partner, number, self.clock.now)
            self._write(side.channel.inbox, f"{message}.edi", data)

    def _answer_early(self, event: Answers) -> None:
        partner, order = event.side.partner.name, event.order
        lines = [
            ErpOrderResponseLine(
                line=line.line,
                accepted=0,
                backordered=0,
                rejected=line.units * line.offer.pack,
                reason="out_of_stock",
            )
            for line in order.lines
        ]
        answer = ErpOrderResponse(
            partner=partner, purchase_order=order.number, sales_order=f"SO-{order.number}", lines=tuple(lines)
        )
        self._told[partner, answer.document, order.number] = answer
        self._write(self.instance.config.erp.inbox, f"early.{order.number}.json", write_erp(answer).encode())

    def _amazon_writes(self, event: FromAmazon) -> None:
        super()._amazon_writes(event)
        found = next((order for order in event.side.orders.values() if order.number in str(event.body[:1])), None)
        if event.message in ("850", "ORDERS") and found is not None:
            self._last_order[event.side.partner.name] = event.side.number, found

    def _write(self, folder: Path, name: str, data: bytes) -> None:
        """Hand a file to the post, under a name that no other has."""
        self._files += 1
        stem, _, ending = name.rpartition(".")
        far = next(end for end in self.ends.values() if end.folder == folder)
        for copy, delay in enumerate(self.post.delays(f"{stem} to {far.name}")):
            label = f"{stem}-{self._files:05}{'-again' * copy}.{ending}"
            self._at(self.clock.now + delay, Comes(far, label, data))

    def _note_order_of(self, event: Comes) -> None:
        """Count what comes before what it follows from."""
        for mine, needed, kind in _sequence_of(event):
            if needed is not None and needed not in self._known:
                self.timeline.tell(kind, event.name)
            self._known.add(mine)

    # What arrives of ours

    def take_ours(self) -> None:
        """The receivers take what is there for them, and look at it."""
        for far in self.ends.values():
            for name, data in far.eat():
                if far.name == ERP:
                    self._erp_takes(name, data)
                else:
                    self._partner_takes(far, name, data)

    def _erp_takes(self, name: str, data: bytes) -> None:
        if (ERP, name) in self.read and name not in self.resent:
            self.violations.append(f"the ERP gets {name} twice")
        self.read[ERP, name] = data
        self.timeline.say(f"the ERP takes {name}")
        self._read_sales_order(data)

    def _partner_takes(self, far: FarEnd, name: str, data: bytes) -> None:
        letter = letter_of(data)
        key = far.name, letter.control_number
        if self.read.setdefault(key, data) != data:
            self.violations.append(f"{far.name} gets number {letter.control_number} twice, with other content: {name}")
        self.timeline.say(f"{far.name} takes {name}")
        if self.post.is_lost(name):
            return
        if key in self._taken:
            self.timeline.tell("the partner gets the same bytes again", name)
            if self.chance.random() < 0.5:
                return
        self._taken.add(key)
        waiting = len(self._queue)
        self._read_letter(letter)
        if letter.message in SOURCES and len(self._queue) == waiting:
            self.timeline.tell("an acknowledgement never comes", name)


def _sequence_of(event: Comes) -> Iterator[tuple[tuple[str, ...], tuple[str, ...] | None, str]]:
    """What a file is, what must have come before it, and what it is called if that has not."""
    if event.name.endswith(".csv"):
        return
    if event.far.name != ERP:
        letter = letter_of(event.data)
        number = letter.first("BEG")[3] or letter.first("BCH")[3]
        if letter.message in ("ORDERS", "ORDCHG"):
            number = letter.first("BGM")[2] if letter.message == "ORDERS" else _reference(letter)
        is_change = letter.message in _CHANGES
        yield ("order" * (not is_change), number), ("order", number) if is_change else None, "a change before its order"
        return
    said = json.loads(event.data)
    kind = said["document"]
    if kind == "order-response":
        number = said["purchase_order"]
        yield ("answer", number), ("order", number), "an answer of the ERP before the order"
    elif kind == "shipment":
        named = {item["purchase_order"] for pack in said["packs"] for item in pack["items"]}
        for number in sorted(named):
            yield ("shipment", said["shipment"]), ("answer", number), "a shipment before the answer"
    elif kind == "invoice":
        yield ("invoice", said["invoice"]), ("shipment", said["shipment"] or ""), "an invoice before the shipment"


def _reference(letter: Letter) -> str:
    """The order that an ORDCHG names (RFF+ON)."""
    named = (segment[1] for segment in letter.segments if segment[0] == "RFF" and segment[1].startswith("ON:"))
    return next(named, "").removeprefix("ON:")
