"""Whole reports taken by an instance that knows a seller's business: orders, stock, settlements, all that follows.

The instance has taken every sample of a seller; every input is taken in a savepoint that is taken back. A fault in what
goes on by itself afterwards is caught by the gateway and made a case, so that is looked for.
"""

from gateway.erp.base import Collected
from gateway.erp.files import kind_of
from gateway.pipeline import Desk, Receipt, receive, shore
from gateway.pipeline.selling.sellers import go_on_sellers
from gateway.transports.base import Arrival, Entry
from tests.fuzz.erp import CSV_MARKS, JSON_MARKS
from tests.fuzz.instance import LATE, Midway
from tests.fuzz.interchanges import SAMPLES
from tests.fuzz.mutations import Random
from tests.fuzz.reader import Reader, Took
from tests.fuzz.reports import MARKS

_REFUSED = frozenset({"report-unknown", "report-packed", "not-edi", "file-empty", "column-missing"})


def reader_of_seller_files() -> Reader:
    """Reports and inbound shipments from the marketplace."""
    midway, seeds = _midway()

    def take(data: bytes, _: Random) -> Took:
        receipt = midway.take(b"report.txt", data, _and_go_on)
        return Took(not any(reason.code in _REFUSED for reason in receipt.reasons), len(receipt.reasons))

    return Reader("seller-files", seeds, MARKS + JSON_MARKS, take, "a report", 0.3, midway.stack.close)


def reader_of_seller_erp_files() -> Reader:
    """Dispatch confirmations, stock and bank statements from the ERP."""
    midway, _ = _midway()
    files = {
        path.name: path.read_bytes() for path in (SAMPLES / "seller").glob("*") if path.suffix in (".json", ".csv")
    }
    files |= {"stock.csv": (SAMPLES / "demo" / "stock.csv").read_bytes()}
    names = {name: data for name, data in files.items() if kind_of(name) is not None and "inbound" not in name}

    def take(data: bytes, dice: Random) -> Took:
        name = dice.choice(sorted(names))
        kind = kind_of(name)
        assert kind is not None

        def work(arrival: Arrival, desk: Desk) -> Receipt:
            receipt = shore.take(Collected(kind=kind, arrival=arrival), desk)
            _go_on(desk)
            return receipt

        receipt = midway.take(name.encode(), data, work)
        return Took(not any("JSON" in reason.message for reason in receipt.reasons), len(receipt.reasons))

    marks = JSON_MARKS + CSV_MARKS
    return Reader("seller-erp-files", list(names.values()), marks, take, "are JSON or CSV", 0.2, midway.stack.close)


def _midway() -> tuple[Midway, list[bytes]]:
    midway = Midway()
    paths = [*sorted((SAMPLES / "seller").glob("*.txt")), *sorted((SAMPLES / "seller").glob("stock-*.json"))]
    paths += [SAMPLES / "demo" / name for name in ("orders.txt", "settlement.txt")]
    desk = Desk(midway.instance.config, midway.instance.mappings, midway.instance.catalogue, midway.tx, LATE)
    for path in paths:
        entry = Entry(name=path.name.encode(), size=1, mtime_ns=int(LATE.timestamp()) * 10**9)
        receive(Arrival(entry=entry, data=path.read_bytes(), channel="amazon", seen_at=LATE), desk)
    _go_on(desk)
    return midway, [path.read_bytes() for path in paths]


def _and_go_on(arrival: Arrival, desk: Desk) -> Receipt:
    receipt = receive(arrival, desk)
    _go_on(desk)
    return receipt


def _go_on(desk: Desk) -> None:
    go_on_sellers(desk)
    wrong = [case.message for case in desk.tx.open_cases() if case.code == "internal-error"]
    assert not wrong, wrong
