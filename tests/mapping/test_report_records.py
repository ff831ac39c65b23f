"""Many rows at once say what one row after the other says, whatever stands in them."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.grammar.reports import read_layout
from gateway.grammar.sources import Source
from gateway.grammar.styles import Style
from gateway.mapping import report_files
from gateway.mapping.report_files import ReportFile
from gateway.mapping.report_records import Maker, Origin, Plan, ReportMapping
from gateway.syntax.delimited import Table
from tests.mapping.test_reports import SampleRow

LAYOUT = """\
report = "sample"
known_by = ["order-id", "order-status"]
[columns]
order-id = "M text"
order-status = "C word Pending Shipped"
price = "C amount"
fee = "O amount"
at = "O instant"
day = "C moment"
gift = "O flag"
note = "O text"
"""
HEADER = ("order-id", "order-status", "price", "fee", "at", "day", "gift", "note")
CELLS = (
    ("A-1", "A-2", "", " "),
    ("Pending", "shipped", "", " ", "Lost", "LOST", "Gone"),
    ("1.00", "1.00", "2.5", "1,234.5", "", " ", "x"),
    ("-1.00", "", "", "  ", "1.2.3"),
    ("2026-06-17 10:00:00 UTC", "2026-06-17 10:00:00 UTC", "17.06.2026 10:00 CEST", "", " ", "soon"),
    ("2026-06-17", "2026-06-17T10:00:00Z", "", "1066-01-01"),
    ("yes", "no", "", "perhaps"),
    ("", " ", 'a 12" record'),
)
FIELDS = {
    "order": Origin(("order-id",)),
    "status": Origin(("order-status",), "status"),
    "posted_at": Origin(("at", "day", "no-such-column")),
    "is_gift": Origin(("gift",)),
    "note": Origin(("note", "order-id")),
}
ALL = Plan({**FIELDS, "amount": Origin(("price",)), "weight": Origin(("no-such-column",))})
PRICE = Plan({**FIELDS, "kind": Origin(constant="price"), "amount": Origin(("price",))}, "price")
FEE = Plan({**FIELDS, "kind": Origin(constant="fee"), "amount": Origin(("fee",))}, "fee")
NEVER = Plan(FIELDS, "no-such-column")


def sound(cells: tuple[str, ...]) -> st.SearchStrategy[str]:
    """Mostly a cell with nothing wrong."""
    return st.sampled_from((*(cells[:2] * 8), *cells))


rows = st.lists(
    st.one_of(
        st.tuples(*map(sound, CELLS)).map("\t".join),
        st.tuples(*map(st.sampled_from, CELLS)).map("\t".join),
        st.sampled_from(("A-1\tPending", "", "\t" * 12, "\t".join("123456789"))),
    ),
    max_size=40,
)


def file_of(lines: list[str], plans: tuple[Plan, ...], view: Any) -> ReportFile:
    layout = read_layout("sample", Source("sample", LAYOUT))
    mapping = ReportMapping(layout, SampleRow, plans, {"status": {"Shipped": "sent"}}, view)
    text = "".join(f"{line}\n" for line in ("\t".join(HEADER), *lines))
    return ReportFile(mapping, Table(HEADER, "utf-8", lambda: [text.encode()]), Style(".", day_first=True))


def none_of(_self: Maker, _lines: Any, _columns: Any) -> Iterator[Any]:
    raise ValueError


@given(
    lines=rows,
    plans=st.sampled_from([(ALL,), (PRICE, FEE), (PRICE, FEE, NEVER)]),
    view=st.sampled_from([None, lambda row: None if row.order == "A-2" else row._replace(note="seen")]),
    together=st.integers(1, 20),
)
def test_many_rows_at_once_say_what_one_row_after_the_other_says(
    lines: list[str], plans: tuple[Plan, ...], view: Any, together: int
) -> None:
    quick, slow = file_of(lines, plans, view), file_of(lines, plans, view)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report_files, "_TOGETHER", together)
        found = list(quick.rows())
        patch.setattr(Maker, "make_all", none_of)
        expected = list(slow.rows())
    assert found == expected
    assert [list(map(type, each)) for each in found] == [list(map(type, each)) for each in expected]
    assert (quick.findings, quick.lost, quick.is_cut) == (slow.findings, slow.lost, slow.is_cut)


def test_rows_with_nothing_wrong_are_not_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    lines = ["\t".join(cells[0] for cells in CELLS), "A-2\tshipped"] * 300
    monkeypatch.setattr(Maker, "make", never)
    assert sum(1 for _ in file_of(lines, (ALL,), None).rows()) == 600
    assert sum(1 for _ in file_of(lines, (PRICE, FEE), None).rows()) == 600


def test_all_rows_before_a_line_that_does_not_end_are_read() -> None:
    lines = ["\t".join(cells[0] for cells in CELLS)] * 1050
    file = file_of(lines, (ALL,), None)
    whole = "".join(f"{line}\n" for line in ("\t".join(HEADER), *lines)).encode()
    pieces = [whole, b"x" * (2 << 20)]
    file.table = Table(HEADER, "utf-8", lambda: pieces)
    assert sum(1 for _ in file.rows()) == 1050
    assert [finding.code for finding in file.findings] == ["cell-unreadable"]
