"""Three lists agree: every finding code has a sample, an entry in the manual, and a number or a reason why not.

Samples lie in samples/invalid; what no message can show is made here.
"""

import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from lxml import etree

from gateway.catalogue.items import Items, read_items
from gateway.config import Charted, Problem, read_example
from gateway.documents.erp_file import read_erp
from gateway.documents.sap import SapMaterial
from gateway.erp.base import Collected, Kind
from gateway.erp.xml import mapping_of, read_xml
from gateway.finance.chart import Chart
from gateway.finance.gates import hold
from gateway.finance.journal import Book, imbalance, journal_entries
from gateway.finance.settlement import Settlement
from gateway.findings import CODES, Code, Finding
from gateway.grammar.sources import Source
from gateway.grammar.styles import Preference
from gateway.instance import create, mappings_of, open_instance
from gateway.journal import Journal
from gateway.mapping.report_files import ReportFile
from gateway.mapping.reports import Reports
from gateway.mapping.xml import read_element
from gateway.pipeline import Catalogue, Desk, receive, shore
from gateway.pipeline.selling.charts import without_chart
from gateway.pipeline.selling.reports import find_seller
from gateway.rehearsal import recover
from gateway.sap.masters import from_sap_material
from gateway.sap.profile import SapProfile
from gateway.syntax.envelope import Limits, findings_of
from gateway.syntax.files import read
from gateway.syntax.xml import parse_xml
from gateway.transports.announced import Announced
from gateway.transports.base import Arrival, Entry, Refusal
from gateway.transports.folder import FolderTransport
from gateway.underway import Underway
from tests.finance.conftest import settle
from tests.finance.settlement_text import sale
from tests.grammar.idoc_samples import BAD, INVALID, found_in

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples" / "invalid"
MANUAL = (ROOT / "docs" / "findings.md").read_text(encoding="utf-8")
AN_ORDER = SAMPLES / "x12" / "101-unknown-tag.edi"
X12 = ("segment", "element", "message", "group", "interchange")
# The codes of 0085 that may stand in each segment of a CONTRL (EANCOM 1997; UCM and UCF as in EANCOM 2002).
UCI = {"2", "7", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21", "22", "23", "24", "25", "26", "27"} | {
    *("28", "29", "30", "32", "33")
}
IN_CONTRL = {
    "UCI": UCI,
    "UCF": (UCI - {"2", "19", "20", "30"}) | {"31", "37", "39", "40"},
    "UCM": (UCI - {"2", "7", "19", "20", "24", "32", "33"}) | {"31", "37", "39", "40"},
    "UCS": {"12", "13", "14", "15", "16", "18", "21", "22", "27", "34", "35", "36"},
    "UCD": {"12", "13", "14", "15", "16", "18", "19", "21", "22", "27", "34", "37", "38", "39", "40"},
}


def in_samples() -> Iterator[str]:
    """The codes that faulty messages show."""
    for file in SAMPLES.rglob("*.toml"):
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        yield from (told["finding"], *told.get("also", ()))


def refused(folder: Path, max_file: int = 1000) -> str:
    """The code under which a transport refuses the one thing in its inbox."""
    transport = FolderTransport("amazon", folder / "in", folder / "out", max_file=max_file)
    (entry,) = transport.list()
    refusal = transport.fetch(entry, datetime(2026, 11, 20, tzinfo=UTC))
    assert isinstance(refusal, Refusal)
    return refusal.code


def a_long_file(folder: Path) -> str:
    (folder / "in" / "long.edi").write_bytes(AN_ORDER.read_bytes())
    return refused(folder, max_file=100)


def a_folder_for_a_file(folder: Path) -> str:
    (folder / "in" / "order.edi").mkdir()
    return refused(folder)


def a_file_with_the_checksum_of_another(folder: Path) -> str:
    (folder / "in" / "order.edi").write_bytes(b"ISA*")
    (folder / "in" / "order.edi.sha256").write_bytes(b"0" * 64)
    inner = FolderTransport("amazon", folder / "in", folder / "out")
    transport = Announced(inner, checksum=".sha256", patience=0)
    (entry,) = transport.list()
    refusal = transport.fetch(entry, datetime(2026, 11, 20, tzinfo=UTC))
    assert isinstance(refusal, Refusal)
    return refusal.code


def a_long_segment(_: Path) -> str:
    events = read([AN_ORDER.read_bytes()], Limits(segment=30))
    return next(finding.code for event in events for finding in findings_of(event))


def a_row_without_its_item(_: Path) -> str:
    (finding,) = read_items("sku,partner,partner_item,scheme\n,,614141000012,UP\n")[1]
    return finding.code


def an_erp_document_without_anything(_: Path) -> str:
    return read_erp("{}")[1][0].code


def another_answer_of_the_same_revision(folder: Path) -> str:
    at = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)

    def arrival(data: bytes, channel: str) -> Arrival:
        return Arrival(entry=Entry(name=b"file", size=len(data), mtime_ns=0), data=data, channel=channel, seen_at=at)

    with Journal.create(folder / "journal.db", at) as journal, journal.transaction(at) as tx:
        desk = Desk(read_example(), mappings_of(folder), Catalogue(), tx, at)
        receive(arrival((ROOT / "samples" / "demo" / "850_good.edi").read_bytes(), "amazon"), desk)
        for accepted in ("24", "12"):
            line = {"line": "1", "accepted": accepted}
            said = {"document": "order-response", "partner": "amazon-us", "purchase_order": "2TQ6NG5D", "lines": [line]}
            collected = Collected(kind=Kind.DOCUMENT, arrival=arrival(json.dumps(said).encode(), "erp"))
            receipt = shore.take(collected, desk)
    (reason,) = receipt.reasons
    return reason.code


SETTLEMENT = (ROOT / "schemas" / "delimited" / "settlement-v2.toml").read_text(encoding="utf-8")
COLUMNS = tomllib.loads(SETTLEMENT)["columns"]


def of_a_report(*rows: dict[str, str], columns: tuple[str, ...] = tuple(COLUMNS), packed: bool = False) -> str:
    """The code of the first thing that is wrong with a settlement report."""
    data = "\n".join("\t".join(cells) for cells in (columns, *([row.get(c, "") for c in columns] for row in rows)))
    at = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
    found = Arrival(
        entry=Entry(name=b"file", size=1, mtime_ns=0),
        data=b"\x1f\x8b" if packed else data.encode(),
        channel="amazon",
        seen_at=at,
    )
    with TemporaryDirectory() as folder, Journal.create(Path(folder) / "journal.db", at) as journal:
        with journal.transaction(at) as tx:
            receive(found, Desk(read_example(), mappings_of(None), Catalogue(), tx, at))
        return next(case.code for case in journal.open_cases() if not case.code.startswith("settlement-"))


def a_new_word(_: Path) -> str:
    layout = SETTLEMENT.replace('transaction-type            = "C text"', 'transaction-type = "C word Order"')
    mapping = (ROOT / "mappings" / "delimited" / "settlement-v2.toml").read_text(encoding="utf-8")
    reports = Reports(lambda name: Source(name, layout if name.startswith("schemas") else mapping), ["settlement-v2"])
    line = "\t".join({"settlement-id": "1", "transaction-type": "New"}.get(column, "") for column in COLUMNS)
    data = "\t".join(COLUMNS) + "\n" + line
    opened = reports.open(lambda: [data.encode()], Preference())
    assert isinstance(opened, ReportFile)
    assert len(list(opened.rows())) == 1
    return opened.findings[0].code


def a_held_settlement(settlement: Settlement) -> str:
    held = hold(settlement)
    assert held is not None
    return f"settlement-{held.state}"


def a_settlement_without_a_chart(_: Path) -> str:
    seller = read_example().sellers["acme"]
    seller.take_chart(Charted(None, (Problem("chart.csv", None, "is not there"),)))
    held = without_chart(seller)
    assert held is not None
    return f"settlement-{held.state}"


def an_entry_that_does_not_balance(_: Path) -> str:
    accounts = dict.fromkeys(("bank", "suspense", "carry_forward"), "1")
    (entry,) = journal_entries(settle(sale(), total="104.62"), Book("acme", Chart(()), accounts))
    assert imbalance(entry)
    return "settlement-unbalanced"


def nobodys_report(_: Path) -> str:
    found = find_seller(None, ())  # type: ignore[arg-type]
    assert isinstance(found, Finding)
    return found.code


def a_file_that_kills_its_reader(folder: Path) -> str:
    at = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
    found = Arrival(entry=Entry(name=b"po.edi", size=1, mtime_ns=0), data=b"?", channel="amazon", seen_at=at)
    with open_instance(create(folder / "instance", example=True, at=at)) as instance:
        underway = Underway(instance.config.paths.journal, "amazon")
        underway.note([found], 0)
        recovered = recover(instance, "amazon", underway, lambda *_: os.abort())
    (reason,) = recovered.poison.values()
    return reason.code


def a_unit_of_sap_without_a_row(_: Path) -> str:
    profile = SapProfile(sap_port="SAPECC", sap_system="ECCCLNT100")
    return from_sap_material(SapMaterial(number="4711", base_unit="ROL"), profile, Items()).findings[0].code


def of_idocs() -> dict[str, Callable[[Path], str]]:
    """The codes that the bad IDocs of samples/idoc/invalid show, each found anew."""

    def shown_by(name: str) -> Callable[[Path], str]:
        return lambda _: (
            found_in(next(p for p in INVALID.glob(f"{name}.*") if p.suffix != ".toml").read_bytes())[0].code
        )

    told = {name: tomllib.loads((INVALID / f"{name}.toml").read_text(encoding="utf-8"))["finding"] for name in BAD}
    return {code: shown_by(name) for name, code in told.items() if code.startswith("idoc-")}


def text_that_no_row_reads() -> str:
    """Of a tree that nobody has held against its schema before."""
    root = parse_xml((ROOT / "samples" / "erp" / "xml" / "posting-result.xml").read_bytes())
    etree.SubElement(root, "colour").text = "red"
    (finding,) = read_element(root, mapping_of("posting-result")).findings
    return finding.code


MADE: dict[str, Callable[[Path], str]] = {
    **of_idocs(),
    "file-too-large": a_long_file,
    "file-unreadable": a_folder_for_a_file,
    "file-poisonous": a_file_that_kills_its_reader,
    "checksum-mismatch": a_file_with_the_checksum_of_another,
    "message-too-large": a_long_segment,
    "report-unknown": lambda _: of_a_report(columns=("Date", "FNSKU", "Weather")),
    "report-packed": lambda _: of_a_report(packed=True),
    "column-missing": lambda _: of_a_report(columns=tuple(name for name in COLUMNS if name != "sku")),
    "column-unknown": lambda _: of_a_report(columns=(*COLUMNS, "new")),
    "word-unknown": a_new_word,
    "amount-style": lambda _: of_a_report({"amount": "1.5"}, {"amount": "1,5"}),
    "date-style": lambda _: of_a_report({"posted-date": "03/04/2026"}),
    "cell-unreadable": lambda _: of_a_report({"settlement-id": "1", "amount": "x"}),
    "seller-unknown": nobodys_report,
    "settlement-unreadable": lambda _: a_held_settlement(settle([], currency="")),
    "settlement-inconsistent": lambda _: a_held_settlement(settle(sale(), total="104.62")),
    "settlement-uncharted": a_settlement_without_a_chart,
    "settlement-unbalanced": an_entry_that_does_not_balance,
    "row-unreadable": a_row_without_its_item,
    "sap-row-missing": a_unit_of_sap_without_a_row,
    "erp-document-unreadable": an_erp_document_without_anything,
    "revision-conflict": another_answer_of_the_same_revision,
    "xml-malformed": lambda _: read_xml(b"<invoice>")[1][0].code,
    "xml-forbidden": lambda _: read_xml(b"<!DOCTYPE invoice><invoice/>")[1][0].code,
    "xml-unread": lambda _: text_that_no_row_reads(),
}


@pytest.mark.parametrize("code", MADE)
def test_what_no_message_can_show_is_made(code: str, tmp_path: Path) -> None:
    for name in ("in", "out"):
        (tmp_path / name).mkdir()
    assert MADE[code](tmp_path) == code


def test_every_code_has_a_sample_and_every_sample_a_code() -> None:
    assert {*in_samples(), *MADE} == set(CODES)


def unsaid() -> dict[str, str]:
    """The codes that the manual says no acknowledgement of a standard can name, with the standard."""
    rows: dict[str, str] = {}
    section = MANUAL.partition("## What no acknowledgement says")[2]
    for codes, standard, why in re.findall(r"(?m)^\| (`[^|]+`) \| (\w+) \| (.+) \|$", section):
        assert why.endswith(".")
        rows |= dict.fromkeys(re.findall(r"`([\w-]+)`", codes), standard)
    return rows


def what_is_unsaid(row: Code) -> str | None:
    in_x12, in_edifact = any(getattr(row, field) for field in X12), bool(row.contrl)
    return {(False, False): "both", (False, True): "X12", (True, False): "EDIFACT"}.get((in_x12, in_edifact))


def test_every_code_has_a_number_in_each_standard_or_the_manual_says_why_not() -> None:
    assert unsaid() == {code: told for code, row in CODES.items() if (told := what_is_unsaid(row))}


@pytest.mark.parametrize("code", [code for code, row in CODES.items() if row.contrl])
def test_a_number_of_a_contrl_may_stand_where_it_is_told(code: str) -> None:
    row = CODES[code]
    inside = "UCD" if row.element else "UCS"
    places = [inside] if row.segment else ["UCI", "UCF", "UCM"]
    assert any(row.contrl in IN_CONTRL[place] for place in places)
