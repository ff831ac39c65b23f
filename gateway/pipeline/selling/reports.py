"""A report of a marketplace comes in: unpacked, known by its header, given to its seller, and taken by its kind.

    file -> table -> layout -> rows -> TAKERS -> finance, stock, orders -> ERP

A report that cannot be read, or belongs to nobody, is refused as a file. What is new in it (columns, words) is told and
stops nothing; rows that cannot be read are told, and the file is kept in quarantine beside what was taken of it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from gateway.config import Seller
from gateway.config.sellers import preference_of
from gateway.findings import Finding, Severity, find
from gateway.lifecycle.problems import Problem
from gateway.mapping.report_files import ReportFile
from gateway.pipeline.desk import Desk
from gateway.pipeline.reasons import remedy_of
from gateway.pipeline.refusals import Receipt, refuse_file
from gateway.syntax.compressed import Unpackable, is_gzip, unpack
from gateway.syntax.delimited import Chunks
from gateway.syntax.files import is_report
from gateway.transports.base import Arrival

_PIECE = 1 << 18
_SHOWN = 5
_LOOKED_AT = 1000  # rows, for the marketplaces that tell whose a report is


@dataclass(frozen=True)
class Report:
    """A report that a taker gets: its rows, whose it is, the file it came in, and where to say what is refused."""

    file: ReportFile
    seller: Seller
    arrival: Arrival
    receipt: Receipt

    @property
    def kind(self) -> str:
        """What it is a report of."""
        return self.file.report

    @property
    def subject(self) -> str:
        """The file it came in."""
        return f"file:{self.receipt.file_id}"


Taker = Callable[[Report, Desk], None]


def receive_report(arrival: Arrival, receipt: Receipt, desk: Desk, takers: dict[str, Taker]) -> None:
    """Take one report; `takers` by kind of report."""
    sellers = desk.config.sellers_of(arrival.channel)
    chunks = unpacked(arrival, desk)
    if isinstance(chunks, Finding):
        refuse_file(chunks, arrival, receipt, desk)
        return
    opened = desk.mappings.reports.open(chunks, preference_of(sellers))
    if isinstance(opened, Finding):
        refuse_file(opened, arrival, receipt, desk)
        return
    if opened.report not in takers:
        said = f"it is a report of {opened.report}, and nothing here takes such a report"
        refuse_file(find("report-unknown", said, segment=1), arrival, receipt, desk)
        return
    seller = find_seller(opened, sellers)
    if isinstance(seller, Finding):
        refuse_file(seller, arrival, receipt, desk)
        return
    report = Report(opened, seller, arrival, receipt)
    name = opened.mapping.layout.name
    body = {"report": report.kind, "layout": name, "seller": seller.name, "file": arrival.label}
    desk.note("report-received", body, report.subject, f"report:{seller.name}:{report.kind}")
    takers[report.kind](report, desk)
    tell_findings(report, desk)


def unpacked(arrival: Arrival, desk: Desk) -> Chunks | Finding:
    """The bytes of a report, piece by piece; of one that is compressed, what is inside."""
    data = arrival.data

    def pieces() -> Iterator[bytes]:
        return (data[start : start + _PIECE] for start in range(0, len(data), _PIECE))

    if not is_gzip(data):
        return pieces
    at_most = desk.config.channels[arrival.channel].max_unpacked

    def inside() -> Iterable[bytes]:
        return unpack(pieces(), at_most)

    try:
        for number, piece in enumerate(inside()):
            # Looked at before all of it is unpacked: what is no report need not be a bomb to be refused.
            if number == 0 and not is_report(piece):
                return find("report-unknown", "it is compressed, and there is no report inside; EDI comes as it is")
    except Unpackable as wrong:
        return find("report-packed", str(wrong))
    return inside


def find_seller(opened: ReportFile, sellers: tuple[Seller, ...]) -> Seller | Finding:
    """Whose a report is: the one seller of the channel, or the one who has its marketplaces or its currency."""
    if len(sellers) == 1:
        return sellers[0]
    if not sellers:
        return find("seller-unknown", "no [sellers.NAME] of config.toml has this channel")
    marketplaces, currencies = set(), set()
    for number, row in enumerate(opened.rows()):
        marketplaces.add(getattr(row, "marketplace", ""))
        currencies.add(getattr(row, "currency", ""))
        if number >= _LOOKED_AT:
            break
    named = [seller for seller in sellers if any(seller.marketplace(name) for name in marketplaces if name)]
    if not named:
        named = [s for s in sellers if any(m.currency in currencies for m in s.marketplaces.values())]
    if len(named) == 1:
        return named[0]
    who = ", ".join(seller.name for seller in named or sellers)
    text = "fits several sellers of this channel" if named else "names no marketplace of a seller of this channel"
    return find("seller-unknown", f"it {text}: {who}")


def tell_findings(report: Report, desk: Desk) -> None:
    """What was found while a report was read: a case for each kind of finding, and quarantine where rows were lost."""
    by_code: dict[str, list[Finding]] = {}
    for finding in report.file.findings:
        by_code.setdefault(finding.code, []).append(finding)
    for code, found in by_code.items():
        is_lost = found[0].severity is Severity.REJECT
        if is_lost:
            report.receipt.refuse(found[0], report.arrival.label)
        said = "; ".join(finding.message for finding in found[:_SHOWN])
        least = "at least " if report.file.is_cut else ""
        more = f" (and {least}{len(found) - _SHOWN} more)" if len(found) > _SHOWN else ""
        key = f"report:{report.seller.name}:{report.kind}:{code}"
        news = ":".join(sorted({str(finding.tag) + "=" + str(finding.value) for finding in found}))[:200]
        desk.tell(
            Problem(
                key=f"{key}:{report.arrival.label}" if is_lost else f"{key}:{news}",
                code=code,
                owner="IT",
                message=f"{report.arrival.label}: {said}{more}",
                remedy=remedy_of(code),
                subjects=(report.subject, f"report:{report.seller.name}:{report.kind}"),
            )
        )
