"""`python -m tests.load restart -n 100000`: how long a large journal takes from its opening to the end of a first turn.

The journal is written through its own functions in large transactions: orders that were acknowledged, posted, booked,
answered and accepted, four documents each. The answers to the last of them are in doubt, as a broken connection leaves
them. Measured are the opening with and without a look at every page, what `gateway once` opens, and its turn.
"""

import argparse
import io
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from time import perf_counter

from gateway import logs
from gateway.documents.quantity import Quantity
from gateway.instance import create, fixed_clock, locked, open_instance
from gateway.journal import Journal, Transaction
from gateway.journal.journal import connect, look_at_every_page
from gateway.lifecycle.events import LinesResolved, OrderBooked, OrderedLine, OrderPosted, OrderReceived, SettledLine
from gateway.lifecycle.goods import OrderAnswered, PromisedLine
from gateway.lifecycle.transmission import (
    DeliveryFailed,
    DocumentAcknowledged,
    DocumentDelivered,
    DocumentDrafted,
    DocumentSealed,
)
from gateway.pipeline.chronicle import record
from gateway.turn import Turn

AT = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
NOW = AT + timedelta(minutes=10)
PARTNER = "amazon-us"
_DOCUMENTS = 4  # of an order: it, its acknowledgement, its sales order, its answer
_TOGETHER = 2_000  # orders in a commit
_LIMIT = 5.0
_TEXT = b"ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*%09d*0*P*>~" * 12


@dataclass
class Times:
    """What was measured, in seconds, and of how much."""

    documents: int
    in_doubt: int
    megabytes: float
    build: float
    quick_check: float
    opening: float
    turn: float
    delivered: int

    @property
    def ready(self) -> float:
        """From the start of the process' own work to the end of the first turn."""
        return self.opening + self.turn

    def lines(self) -> Iterator[str]:
        """For people."""
        yield f"{self.documents} documents, {self.in_doubt} in doubt, {self.megabytes:.0f} MB, in {self.build:.1f} s"
        yield f"a look at every page (quick_check): {self.quick_check:.2f} s"
        yield f"opening: {self.opening:.2f} s; first turn: {self.turn:.2f} s, {self.delivered} resolved"
        yield f"ready after {self.ready:.2f} s; with a look at every page {self.ready + self.quick_check:.2f} s"


def restart(documents: int, in_doubt: int, folder: Path) -> Times:
    """Build an instance and measure its next start."""
    begun = perf_counter()
    config = create(folder, example=True, at=AT)
    for master in (folder / "erp" / "in").iterdir():
        master.unlink()
    (folder / "amazon" / "out" / ".staging").mkdir()  # nothing is in it any more: what was in doubt has arrived
    orders = -(-documents // _DOCUMENTS)
    with Journal.open(folder / "journal.db") as journal:
        for start in range(0, orders, _TOGETHER):
            with journal.transaction(AT) as tx:
                for number in range(start, min(start + _TOGETHER, orders)):
                    take_order(tx, number, is_in_doubt=number >= orders - in_doubt)
    build = perf_counter() - begun
    with _timed() as checking:
        connection = connect(folder / "journal.db", read_only=True)
        look_at_every_page(connection)
        connection.close()
    with _timed() as opening, open_instance(config, clock=fixed_clock(NOW)) as instance:
        opened = perf_counter()
        with locked(instance):
            tally = Turn(instance).run()
        ended = perf_counter()
        left = len(instance.journal.dispatches(state="in_doubt"))
        size = (folder / "journal.db").stat().st_size / 1e6
    return Times(
        documents=orders * _DOCUMENTS,
        in_doubt=in_doubt,
        megabytes=size,
        build=build,
        quick_check=checking[1] - checking[0],
        opening=opened - opening[0],
        turn=ended - opened,
        delivered=min(tally.delivered, in_doubt - left),
    )


@contextmanager
def _timed() -> Iterator[list[float]]:
    """The beginning, and at the end of the block its end."""
    times = [perf_counter()]
    yield times
    times.append(perf_counter())


def take_order(tx: Transaction, number: int, *, is_in_doubt: bool = False) -> None:
    """One order as far as its answer, P and its number in seven digits; the answer is accepted, or in doubt."""
    name, control = f"P{number:07}", f"{number + 1:09}"
    subject = f"order:{PARTNER}:{name}"
    order = _receive(tx, number, name, control, subject)
    _send(tx, "997", name, control, "amazon", (), is_in_doubt=False)
    sales_order = _send(tx, "sales-order", name, None, "erp", (subject,), is_in_doubt=False)
    record(tx, _received(order, name), PARTNER, [name])
    settled = SettledLine(line="1", sku="ACME-1", base=Decimal(24), factor=1, source="unit", amount=Decimal(174))
    record(tx, LinesResolved(catalogue_version=1, lines=(settled,), held=()), PARTNER, [name])
    record(tx, OrderPosted(document=sales_order, revision=0, posted_at=AT, lines=("1",)), PARTNER, [name])
    record(tx, OrderBooked(number=f"SO-{number}"), PARTNER, [name])
    promised = PromisedLine(line="1", accepted=Decimal(24), backordered=Decimal(0), rejected=Decimal(0))
    record(tx, OrderAnswered(document=sales_order, revision=0, lines=(promised,)), PARTNER, [name])
    _answer(tx, name, control, subject, sales_order, is_in_doubt=is_in_doubt)


def _receive(tx: Transaction, number: int, name: str, control: str, subject: str) -> str:
    file = tx.store_file(_TEXT.replace(b"%09d", b"%09d" % number), direction="in", channel="amazon", name=f"{name}.edi")
    interchange = tx.open_interchange(
        file_id=file.id,
        direction="in",
        partner=PARTNER,
        key=f"ZZ:AMAZON>ZZ:5551234567 P {control} PO{control}",
        segments_sha=file.sha256,
        control_number=control,
        test=False,
        subjects=(f"interchange:{control}",),
    )
    message = tx.record_message(
        interchange_id=interchange,
        ordinal=1,
        type="850",
        version="004010",
        control_number="0001",
        offset=0,
        length=100,
        verdict="accepted",
    )
    return tx.store_document(
        type="850",
        direction="in",
        partner=PARTNER,
        account="ACME1",
        business_number=name,
        body={"number": name, "ordered_on": "2026-11-20", "lines": [{"line": "1", "quantity": "24"}] * 10},
        message_id=message,
        control_number=control,
        file=f"{name}.edi",
        acknowledgement="accepted",
        subjects=(subject,),
    )


def _received(document: str, name: str) -> OrderReceived:
    line = OrderedLine(line="1", ordered=Quantity(value=Decimal(24), unit="each"), price=Decimal("7.25"))
    return OrderReceived(
        document=document,
        partner=PARTNER,
        purchase_order=name,
        account="ACME1",
        received_at=AT,
        answer_due_at=AT + timedelta(hours=24),
        lines=(line,),
    )


def _answer(tx: Transaction, name: str, control: str, subject: str, source: str, *, is_in_doubt: bool) -> None:
    document = tx.store_document(
        type="855", direction="out", partner=PARTNER, business_number=name, body={}, subjects=(subject,)
    )
    drafted = DocumentDrafted(
        document=document, source=source, kind="order-response", message="855", number=name, revision=0
    )
    record(tx, drafted, PARTNER, [name])
    _queue(tx, document, "855", name, control, "amazon", is_in_doubt=is_in_doubt)
    record(tx, DocumentSealed(document=document, purpose="original", awaited=True, sealed_at=AT), PARTNER, [name])
    if is_in_doubt:
        record(tx, DeliveryFailed(document=document, in_doubt=True), PARTNER, [name])
        tx.update_document(document, delivery="in_doubt", acknowledgement="awaited")
        return
    record(tx, DocumentDelivered(document=document), PARTNER, [name])
    heard = DocumentAcknowledged(sent=document, answer=source, by="997", verdict="accepted")
    record(tx, heard, PARTNER, [name])
    tx.update_document(document, delivery="delivered", acknowledgement="accepted")


def _send(
    tx: Transaction,
    kind: str,
    name: str,
    control: str | None,
    channel: str,
    subjects: tuple[str, ...],
    *,
    is_in_doubt: bool,
) -> str:
    document = tx.store_document(
        type=kind,
        direction="out",
        partner=PARTNER,
        business_number=name,
        body={},
        delivery="delivered",
        acknowledgement="accepted" if kind == "sales-order" else "none_expected",
        subjects=subjects,
    )
    _queue(tx, document, kind, name, control, channel, is_in_doubt=is_in_doubt)
    return document


def _queue(
    tx: Transaction, document: str, kind: str, name: str, control: str | None, channel: str, *, is_in_doubt: bool
) -> None:
    data = f"{kind} {name} {control} ".encode() * 30
    dispatch = tx.queue(
        channel=channel, name=f"{name}.{kind}", data=data, document_id=document, control_number=control, next_at=AT
    )
    tx.mark_staged(dispatch)
    if is_in_doubt:
        tx.mark_in_doubt(dispatch, "the connection broke", AT)
    else:
        tx.mark_delivered(dispatch)


def main() -> int:
    """0 where the journal is ready in time."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    one = verbs.add_parser("restart", help="the time from opening a large journal to the end of its first turn")
    one.add_argument("-n", type=int, default=100_000, help="how many documents")
    one.add_argument("--in-doubt", type=int, default=1_000, help="how many dispatches are in doubt")
    options = parser.parse_args()
    logs.set_up(io.StringIO())
    with tempfile.TemporaryDirectory() as folder:
        times = restart(options.n, options.in_doubt, Path(folder) / "instance")
    print("\n".join(times.lines()))
    return int(times.ready > _LIMIT or times.delivered != options.in_doubt or not times.documents)


if __name__ == "__main__":
    sys.exit(main())
