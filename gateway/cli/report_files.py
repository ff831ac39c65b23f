"""Reports of marketplaces as files on the command line: known by their header, read by their layout and mapping."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from gateway.cli.streams import Input, Readers
from gateway.config.sellers import preference_of
from gateway.documents.base import iso_instant, plain
from gateway.errors import InputError
from gateway.findings import Finding
from gateway.grammar.reports import folded
from gateway.mapping.report_files import ReportFile
from gateway.syntax.compressed import NO_LIMIT, Unpackable, unpack_if_packed
from gateway.syntax.files import is_report


def open_report(source: Input, readers: Readers) -> ReportFile | Finding | None:
    """The report in a file, or why none can be read of it; None where it is no report at all. Raises InputError."""
    head = source.head()
    if not is_report(head):
        return None
    source.hold()

    def inside() -> Iterator[bytes]:
        return unpack_if_packed(source.chunks(), NO_LIMIT)

    try:
        return readers.mappings.reports.open(inside, preference_of(readers.config.sellers.values()))
    except Unpackable as wrong:
        raise InputError(f"{source.file}: {wrong}") from wrong


def records(report: ReportFile) -> Iterator[str]:
    """The records of a report, one JSON object each."""
    for record in report.rows():
        yield json.dumps(record._asdict(), ensure_ascii=False, default=_as_text)


def describe(report: ReportFile) -> Iterator[str]:
    """What a report is and how it is written: its layout, style, columns and rows."""
    style = report.style
    days = {True: "day before month", False: "month before day", None: "year first, or not told"}[style.day_first]
    yield f"{report.mapping.layout.name}: a report of {report.report}, {report.table.encoding}"
    yield f"  decimals after {style.decimal!r}, dates {days}"
    yield f"  {sum(1 for _ in report.rows())} records"
    known = report.mapping.layout
    for name in report.table.columns:
        column = known.columns.get(folded(name))
        yield f"  {name}: {f'{column.requirement} {column.kind}' if column else 'new to us'}"


def complain(file: Path, findings: list[Finding]) -> None:
    """Say what is wrong, on standard error."""
    for finding in findings:
        click.echo(f"{file}: {finding.message}", err=True)


def _as_text(value: Any) -> str:
    match value:
        case Decimal():
            return plain(value)
        case datetime():
            return iso_instant(value)
        case date():
            return value.isoformat()
    return str(value)
