"""Verbs over files, without an instance: translate, validate."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.erp_files import open_erp_file
from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import print_json
from gateway.cli.streams import Input, Readers
from gateway.errors import InputError
from gateway.findings import Finding, Severity, find
from gateway.syntax.edifact_message import EdifactMessage

if TYPE_CHECKING:
    from gateway.mapping.mapping import Mapping
    from gateway.mapping.report_files import ReportFile
    from gateway.syntax.envelope import InterchangeOpened, Message

_BAD_DATA = InputError.exit_code
file_argument = click.argument("file", type=click.Path(path_type=Path, allow_dash=True))
guide_option = click.option("--guide", help="Read by this guide, whoever sent it.")


@click.command()
@file_argument
@click.option(
    "--to",
    "target",
    type=click.Choice(["json", "erp"]),
    default="json",
    show_default=True,
    help="Canonical documents, or sales orders as the ERP gets them.",
)
@click.option("--items", type=click.Path(path_type=Path, exists=True), help="items.csv, for --to erp.")
@guide_option
@pass_shell
def translate(shell: Shell, file: Path, target: str, items: Path | None, guide: str | None) -> None:
    """Translate FILE. Messages, or the rows of a report, as one JSON object a line; exit 65 where one cannot be."""
    import json

    if target == "erp" and items is None:
        raise click.UsageError("--to erp looks items up: name the item master with --items items.csv")
    readers = Readers(shell, guide)
    source = Input(file)
    if (report := _report_of(source, readers)) is not None:
        from gateway.cli.report_files import complain

        found = _print_records(report)
        complain(file, found)
        raise click.exceptions.Exit(_exit_code(found))
    if (spoken := open_erp_file(source, readers)) is not None:
        for each in spoken:
            if each.said is not None and not _exit_code(each.findings):
                click.echo(json.dumps(each.said, ensure_ascii=False))
            _complain(file, None, [*each.findings])
        raise click.exceptions.Exit(_exit_code([finding for each in spoken for finding in each.findings]))
    master = _items(items) if items else None
    is_bad = False
    for opened, message, findings in _messages(source):
        found = [*findings]
        document = None
        if message is not None and opened is not None:
            document, more = _read(message, opened, readers)
            found += more
        rejected = [f for f in found if f.severity is Severity.REJECT]
        if rejected or (message is not None and document is None):
            is_bad = True
            _complain(file, message, rejected or found)
            continue
        if document is None:
            continue
        if target == "erp":
            converted = _to_erp(document, opened, readers, master, file)
            is_bad |= converted is None
            document = converted
        if document is not None:
            click.echo(json.dumps(document.model_dump(mode="json"), ensure_ascii=False))
    if is_bad:
        raise click.exceptions.Exit(_BAD_DATA)


def _messages(source: Input) -> Iterator[tuple["InterchangeOpened | None", "Message | None", tuple[Finding, ...]]]:
    """The messages of a file with their interchanges, and everything found around them, in file order."""
    from gateway.syntax.envelope import GroupClosed, InterchangeClosed, InterchangeOpened, Message, Unreadable
    from gateway.syntax.files import read

    opened = None
    for event in read(source.chunks()):
        match event:
            case InterchangeOpened():
                opened = event
                yield opened, None, event.findings
            case Message():
                yield opened, event, tuple(event.findings)
            case GroupClosed() | InterchangeClosed():
                yield opened, None, tuple(event.findings)
            case Unreadable():
                yield None, None, (event.finding,)


def _read(message: "Message", opened: "InterchangeOpened", readers: Readers) -> tuple[Any, tuple[Finding, ...]]:
    """The document of a message, and all that is found in it."""
    from gateway.mapping.messages import read_message

    mapping, around = _mapping_of(message, opened, readers)
    if mapping is None:
        return None, around
    reading = read_message(message, mapping)
    return reading.document, (*around, *reading.findings)


def _check(message: "Message", opened: "InterchangeOpened", readers: Readers) -> tuple[Finding, ...]:
    """All that the grammar alone finds in a message."""
    from gateway.mapping.messages import check_message

    mapping, around = _mapping_of(message, opened, readers)
    return around if mapping is None else (*around, *check_message(message, mapping))


def _mapping_of(
    message: "Message", opened: "InterchangeOpened", readers: Readers
) -> tuple["Mapping | None", tuple[Finding, ...]]:
    """What a message is read by, and what is found about its place; None for one that nobody knows, which is found."""
    from gateway.grammar.admission import check_group_kind

    guide = readers.guide_of(opened)
    mapping = readers.mapping(message, guide)
    misplaced = check_group_kind(message, readers.mappings.grammars.kinds())
    around = (misplaced,) if misplaced else ()
    if mapping is None:
        return None, (*around, unknown(message, not misplaced and readers.knows(message, guide)))
    return mapping, around


def unknown(message: "Message", is_known: bool) -> Finding:
    """The finding for a message without a grammar: a notice where the standard knows it, for then it would be kept."""
    text = f"no grammar for {message.type or 'a message without a type'} {message.version}"
    is_edifact = isinstance(message, EdifactMessage)
    place = {"tag": "UNH", "element": 2, "component": 1} if is_edifact else {"tag": "ST", "element": 1}
    found = find("message-type-unknown", text, segment=1, offset=message.offset, value=message.type, **place)
    return replace(found, severity=Severity.WARN, message=f"{text}: only its envelope is judged") if is_known else found


def _items(path: Path) -> Any:
    from gateway.catalogue import Items, read_items

    rows, findings = read_items(path.read_bytes())
    for finding in findings:
        click.echo(f"{path}: {finding.message}", err=True)
    return Items(rows)


def _to_erp(document: Any, opened: Any, readers: Readers, items: Any, file: Path) -> Any:
    """The sales order of a purchase order, or None after saying what holds it."""
    from gateway.catalogue import to_erp
    from gateway.documents import PurchaseOrder
    from gateway.pipeline.desk import account_of

    if not isinstance(document, PurchaseOrder):
        return document
    partner = readers.partner_of(opened)
    if partner is None:
        ids = f"{opened.sender} and {opened.receiver}"
        click.echo(f"{file}: no partner has the ids {ids}: name a config with -c", err=True)
        return None
    account = account_of(partner, document.account)
    if account is None:
        known = ", ".join(partner.accounts)
        click.echo(f"{file}: account {document.account} of {partner.name} is not known; there is {known}", err=True)
        return None
    conversion = to_erp(document, partner.name, account, items)
    for gap in conversion.gaps:
        click.echo(f"{file}: order {document.number}, {gap.message}", err=True)
        click.echo(f"  {gap.owner}: {gap.remedy}", err=True)
    return conversion.document


def _complain(file: Path, message: "Message | None", findings: list[Finding]) -> None:
    within = f"{message.type} {message.control_number}: " if message else ""
    for finding in findings:
        place = "" if finding.offset is None else f" (byte {finding.offset})"
        click.echo(f"{file}: {within}{finding.message}{place}", err=True)


@click.command()
@file_argument
@click.option("--envelope", is_flag=True, help="Judge envelopes, counts and references alone.")
@click.option("--grammar", is_flag=True, help="Judge messages by the grammar alone: much sooner, and no document made.")
@click.option("--json", "as_json", is_flag=True, help="A list of findings.")
@guide_option
@pass_shell
def validate(shell: Shell, file: Path, envelope: bool, grammar: bool, as_json: bool, guide: str | None) -> None:
    """Check FILE by its grammar. Exit 65 where something must be refused, 0 where it may be taken with warnings."""
    readers = Readers(shell, guide)
    findings: list[Finding] = []
    source = Input(file)
    report = _report_of(source, readers)
    if isinstance(report, Finding):
        findings = [report]
    elif report is not None:
        for _ in report.rows():
            pass
        findings = report.findings
    spoken = open_erp_file(source, readers) if report is None else None
    findings += [finding for each in spoken or () for finding in each.findings]
    for opened, message, around in _messages(source) if report is None and spoken is None else ():
        findings += around
        if message is not None and opened is not None and not envelope:
            findings += _check(message, opened, readers) if grammar else _read(message, opened, readers)[1]
    if as_json:
        print_json([finding.as_json() for finding in findings])
    else:
        for finding in findings:
            place = "" if finding.offset is None else f" (byte {finding.offset})"
            click.echo(f"{finding.severity}: {finding.code}: {finding.message}{place}")
        if not findings:
            click.echo(f"{file}: nothing wrong")
    raise click.exceptions.Exit(_exit_code(findings))


def _report_of(source: Input, readers: Readers) -> "ReportFile | Finding | None":
    """The report in a file; None where it is none: then what reads reports is not loaded."""
    from gateway.syntax.files import is_report

    if not is_report(source.head()):
        return None
    from gateway.cli.report_files import open_report

    return open_report(source, readers)


def _print_records(report: "ReportFile | Finding") -> list[Finding]:
    """Print the records of a report; what was found on the way."""
    if isinstance(report, Finding):
        return [report]
    from gateway.cli.report_files import records

    for record in records(report):
        click.echo(record)
    return report.findings


def _exit_code(findings: Iterable[Finding]) -> int:
    return _BAD_DATA if any(finding.severity is not Severity.WARN for finding in findings) else 0
