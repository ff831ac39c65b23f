"""Reports: rows to records by the columns that a mapping names, in the style of their file."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from gateway.documents.reports import RECORDS, SettlementRow
from gateway.errors import MappingError
from gateway.findings import Finding
from gateway.grammar.sources import Source
from gateway.grammar.styles import Preference, Style
from gateway.instance import mappings_of
from gateway.mapping.report_files import LOST_AT_MOST, ReportFile
from gateway.mapping.report_views import VIEWS
from gateway.mapping.reports import Reports


class SampleRow(NamedTuple):
    line: int
    order: str
    status: str
    kind: str
    amount: Decimal | None
    posted_at: datetime | None
    is_gift: bool | None
    note: str
    weight: Decimal | None
    sent_on: date | None = None


LAYOUT = """\
report = "sample"
known_by = ["order-id", "order-status"]
[columns]
order-id = "M text"
order-status = "C word Pending Shipped"
price = "C amount"
fee = "O amount"
at = "O instant"
day = "C instant"
gift = "O flag"
sent-on = "O day"
"""
MAPPING = """\
record = "sample"
[row]
order = "order-id"
status = "order-status via status"
posted_at = "at, day"
is_gift = "gift"
sent_on = "sent-on"
[lookup.status]
Shipped = "sent"
[[split]]
when = "price"
kind = "'price'"
amount = "price"
[[split]]
when = "fee"
kind = "'fee'"
amount = "fee"
"""
_PIECE = 1 << 18
HEADER = "order-id\torder-status\tprice\tfee\tat\tday\tgift"


@pytest.fixture(autouse=True)
def sample_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECORDS, "sample", SampleRow)


def reports(mapping: str = MAPPING, layout: str = LAYOUT) -> Reports:
    def fetch(name: str) -> Source:
        return Source(name, layout if name.startswith("schemas") else mapping)

    return Reports(fetch, ["sample"])


def opened(*rows: str, header: str = HEADER, of: Reports | None = None, preferred: Preference | None = None) -> Any:
    data = ("\n".join([header, *rows]) + "\n").encode()

    def chunks() -> Iterator[bytes]:
        return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))

    return (of or reports()).open(chunks, preferred or Preference())


def records(*rows: str, **options: Any) -> list[Any]:
    file = opened(*rows, **options)
    assert isinstance(file, ReportFile), file
    found = list(file.rows())
    assert file.findings == []
    return found


def test_a_row_becomes_a_record_for_each_split_whose_column_is_filled() -> None:
    price, fee, alone = records(
        "A-1\tShipped\t12.50\t-1.25\t\t2026-06-17\tyes", "A-2\tPending\t3\t\t2026-06-18 10:00 UTC\t2026-06-18\t"
    )
    at = datetime(2026, 6, 17, tzinfo=UTC)
    assert price == SampleRow(2, "A-1", "sent", "price", Decimal("12.50"), at, True, "", None)
    assert fee == SampleRow(2, "A-1", "sent", "fee", Decimal("-1.25"), at, True, "", None)
    noon = datetime(2026, 6, 18, 10, tzinfo=UTC)
    assert alone == SampleRow(3, "A-2", "Pending", "price", Decimal(3), noon, None, "", None)


def test_columns_that_may_be_missing_leave_their_fields_empty() -> None:
    header = "Order ID\torder_status\tPRICE\tday"
    (record,) = records("A-1\t\t3\t2026-06-17", header=header)
    assert record == SampleRow(2, "A-1", "", "price", Decimal(3), datetime(2026, 6, 17, tzinfo=UTC), None, "", None)


def test_a_cell_of_blanks_is_empty() -> None:
    (record,) = records("A-1\t \t3\t\t \t \t ")
    assert (record.status, record.posted_at, record.is_gift) == ("", None, None)


def test_the_style_is_decided_once_for_a_file() -> None:
    file = opened("A-1\tPending\t1.234,50\t\t\t14/03/2026\t", "A-2\tPending\t-1,50\t\t\t03/04/2026\t")
    assert file.style == Style(",", day_first=True)
    assert [(row.amount, row.posted_at.month) for row in file.rows()] == [
        (Decimal("1234.50"), 3),
        (Decimal("-1.50"), 4),
    ]


def test_a_day_is_the_one_that_is_written() -> None:
    (record,) = records(
        "A-1\tPending\t3\t2026-06-30 23:59:59 PDT\t\t", header="order-id\torder-status\tprice\tsent-on\tday\tat"
    )
    assert record.sent_on == date(2026, 6, 30)


def test_quotes_are_text() -> None:
    (record,) = records('12" record\tPending\t3\t\t\t\t')
    assert record.order == '12" record'


@pytest.mark.parametrize(
    ("header", "code", "tag"),
    [
        ("Date\tFNSKU\tASIN\tMSKU\tTitle", "report-unknown", None),
        ("order-id\torder-status\tday", "column-missing", "price"),
        ("order-id\torder-status\tprice\tday\tPrice", "column-missing", None),
        ("new\tnew\torder-id\torder-status\tprice\tday\tORDER_ID", "column-missing", None),
    ],
)
def test_a_header_that_cannot_be_read_refuses_the_file(header: str, code: str, tag: str | None) -> None:
    found = opened("x\ty\tz", header=header)
    assert isinstance(found, Finding)
    assert (found.code, found.segment, found.tag) == (code, 1, tag)


def test_the_refusal_names_the_column() -> None:
    assert "a sample report without the column price, day" in opened(header="order-id\torder-status").message
    assert "the column price stands twice" in opened(header="order-id\torder-status\tprice\tday\tprice").message
    assert "the columns Date, FNSKU, ..." in opened(header="Date\tFNSKU").message


def test_a_file_without_a_table_is_refused() -> None:
    assert opened(header="").code == "file-empty"
    assert opened(header="no tabs").code == "report-unknown"


@pytest.mark.parametrize("rows", [("A-1\tPending\t1,234\t\t\t\t",), ("A-1\tPending\t1.00\t2,50\t\t\t",)])
def test_amounts_that_tell_no_one_style_refuse_the_file(rows: tuple[str, ...]) -> None:
    assert opened(*rows).code == "amount-style"


def test_dates_that_tell_no_order_refuse_the_file_unless_it_is_configured() -> None:
    row = "A-1\tPending\t1.00\t\t\t03/04/2026\t"
    assert opened(row).code == "date-style"
    (record,) = records(row, preferred=Preference(day_first=True))
    assert record.posted_at.month == 4


def test_a_new_column_is_told_and_nothing_stops() -> None:
    file = opened("A-1\tPending\t3\t\t\t\t\tx", header=f"{HEADER}\tTax Collected")
    assert len(list(file.rows())) == 1
    (finding,) = file.findings
    assert (finding.code, finding.tag, finding.segment) == ("column-unknown", "Tax Collected", 1)


def test_a_new_word_is_kept_and_told_once() -> None:
    file = opened("A-1\tLost\t3\t1\t\t\t", "A-2\tLOST\t3\t\t\t\t", "A-3\tpending\t3\t\t\t\t")
    assert [row.status for row in file.rows()] == ["Lost", "Lost", "LOST", "pending"]
    (finding,) = file.findings
    assert (finding.code, finding.tag, finding.value) == ("word-unknown", "order-status", "Lost")


@pytest.mark.parametrize(
    ("row", "said", "tag"),
    [
        ("A-1\tPending\t12,x\t\t\t\t", "line 3: price is '12,x', no amount in the style of this file", "price"),
        ("A-1\tPending\t3\t\t\tsoon\t", "line 3: at is 'soon', no instant in the style of this file", "at"),
        ("A-1\tPending\t3\t\t\t\tperhaps", "line 3: gift is 'perhaps', no flag in the style of this file", "gift"),
        ("\tPending\t3\t\t\t\t", "line 3: order-id is empty", "order-id"),
        ("A-1\tPending\t3\t\t\t\tno\tx", "line 3: 8 cells under 7 columns", None),
        (f"A-1\tPending\t{'9' * 60}\t\t\t\t", f"line 3: price is '{'9' * 40}…', no amount", "price"),
    ],
)
def test_a_row_that_cannot_be_read_is_left_out_and_told_with_its_line(row: str, said: str, tag: str | None) -> None:
    file = opened("A-0\tPending\t1.00\t\t\t\t", row, "A-9\tPending\t2.00\t\t\t\t")
    assert [record.order for record in file.rows()] == ["A-0", "A-9"]
    (finding,) = file.findings
    assert finding.message.startswith(said)
    assert (finding.code, finding.segment, finding.tag) == ("cell-unreadable", 3, tag)
    ((line, cells),) = file.lost
    assert (line, cells[0]) == (3, row.partition("\t")[0])


def test_the_rows_that_are_lost_are_kept_up_to_a_number() -> None:
    file = opened(*["A-1\tPending\tx\t\t\t\t"] * (LOST_AT_MOST + 5))
    for _ in range(2):
        assert list(file.rows()) == []
        assert [line for line, _ in file.lost] == list(range(2, LOST_AT_MOST + 2))


def test_flags_are_read_however_they_are_written() -> None:
    rows = [f"A-1\tPending\t3\t\t\t\t{flag}" for flag in ("Yes", "TRUE", "y", "1", "no", "false", "N", "0")]
    assert [record.is_gift for record in records(*rows)] == [True] * 4 + [False] * 4


def test_what_was_found_is_told_once_however_often_the_rows_are_read() -> None:
    file = opened("A-1\tLost\tx\t\t\t\t", header=f"{HEADER}\tnew")
    assert [list(file.rows()), list(file.rows())] == [[], []]
    assert [finding.code for finding in file.findings] == ["column-unknown", "word-unknown", "cell-unreadable"]


def test_of_each_code_a_hundred_are_told_so_that_none_hides_another() -> None:
    rows = [f"A-1\tNew{number}\t3\t\t\t\t" for number in range(150)]
    file = opened(*rows, *["A-2\tPending\tx\t\t\t\t"] * 150)
    assert len(list(file.rows())) == 150
    told = [finding.code for finding in file.findings]
    assert (told.count("word-unknown"), told.count("cell-unreadable"), file.is_cut) == (100, 100, True)


def test_a_line_without_an_end_refuses_the_file_or_ends_its_reading() -> None:
    assert opened("x" * (2 << 20)).code == "cell-unreadable"
    rows = ["A-1\tPending\t1.50\t\t\t2026-01-01\t"] * 2000
    file = opened(*rows, "x" * (2 << 20))
    assert isinstance(file, ReportFile)
    assert 0 < sum(1 for _ in file.rows()) <= 2000
    assert [finding.code for finding in file.findings] == ["cell-unreadable"]
    assert len(file.lost) == LOST_AT_MOST  # nobody knows whose rows would have followed


def test_a_split_whose_column_is_not_there_makes_nothing() -> None:
    header = "order-id\torder-status\tprice\tday"
    assert [record.kind for record in records("A-1\tPending\t3\t", header=header)] == ["price"]


def test_without_a_split_every_row_is_a_record() -> None:
    plain = MAPPING.partition("[[split]]")[0]
    (record,) = records("A-1\tPending\t3\t\t\t\t", of=reports(plain))
    assert (record.order, record.kind, record.amount) == ("A-1", "", None)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"sample"', '"sampel"', "record: one of settlement-row, "),
        ("order = ", "ordre = ", "ordre: the record has no such field; it has order, status, kind"),
        ('"order-id"', '"order-no"', "order-no: the layout has no such column"),
        ('when = "fee"', 'when = "fees"', "fees: the layout has no such column"),
        ("[lookup.status]", "[lookup.state]", "there is no [lookup.status]"),
        ('"gift"', '"gift via status"', "gift: only a column of the kind word is looked up"),
    ],
)
def test_what_is_wrong_in_a_mapping_is_said(old: str, new: str, said: str) -> None:
    assert old in MAPPING
    with pytest.raises(MappingError) as refused:
        _ = reports(MAPPING.replace(old, new)).mappings
    assert said in str(refused.value)
    assert str(refused.value).startswith("mappings/delimited/sample.toml:")


def test_of_several_layouts_the_one_that_knows_most_of_the_columns_is_meant() -> None:
    narrow = LAYOUT.replace('gift = "O flag"\n', "").replace('"sample"', '"narrow"')

    def fetch(name: str) -> Source:
        if name.startswith("mappings"):
            return Source(name, MAPPING.replace('is_gift = "gift"\n', "") if "narrow" in name else MAPPING)
        return Source(name, narrow if "narrow" in name else LAYOUT)

    several = Reports(fetch, ["narrow", "sample"])
    assert opened(header=HEADER, of=several).report == "sample"
    assert opened(header=HEADER.removesuffix("\tgift"), of=several).report == "narrow"


def test_every_shipped_mapping_is_good() -> None:
    reports_of_all = mappings_of(None).reports
    shipped = reports_of_all.mappings
    assert all(one is other for one, other in zip(reports_of_all.mappings, shipped, strict=True)), "read once"
    assert "settlement-v2" in {mapping.layout.name for mapping in shipped}
    assert SettlementRow in {mapping.record for mapping in shipped}


def test_a_view_says_what_columns_alone_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VIEWS, "sample", lambda row: row._replace(note="seen") if row.kind == "fee" else None)
    rows = records("A-1\tPending\t3\t-1\t\t\t", of=reports('view = "sample"\n' + MAPPING))
    assert [(row.kind, row.note) for row in rows] == [("fee", "seen")]
    with pytest.raises(MappingError, match="view: one of settlement-v1"):
        _ = reports('view = "samples"\n' + MAPPING).mappings


def test_check_is_told_the_first_problem_of_each_report() -> None:
    assert list(reports().problems()) == []
    (wrong,) = reports(MAPPING.replace("order = ", "ordre = ")).problems()
    assert "ordre: the record has no such field" in str(wrong)
    (wrong_layout,) = reports(layout=LAYOUT.replace('"M text"', '"X text"')).problems()
    assert "'X text' is no column" in str(wrong_layout)
