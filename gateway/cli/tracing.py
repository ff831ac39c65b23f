"""Where every value came from: file, byte, segment, element, and the row of the mapping that read it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gateway.cli.files import guide_option
from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_rows
from gateway.cli.streams import Readers, chunks_of
from gateway.errors import Conflict, InputError, NotFound

if TYPE_CHECKING:
    from gateway.mapping.mapping import Mapping
    from gateway.syntax.envelope import Message

_COLUMNS = ("field", "value", "byte", "segment", "cell", "text", "row", "file")


@click.command()
@click.argument("what", metavar="FILE|ID")
@click.option("--field", help="Only fields that begin so: lines[1], ship_to.")
@guide_option
@listing
@pass_shell
def trace(
    shell: Shell, what: str, field: str | None, guide: str | None, as_json: bool, as_csv: bool, limit: int | None
) -> None:
    """Show where each value came from. FILE is traced as it reads now, document ID as it was read when it came."""
    rows = _of_document(shell, what) if what.isdecimal() and not Path(what).exists() else _of_file(shell, what, guide)
    chosen = (row for row in rows if field is None or row["field"].startswith(field))
    found = [row for _, row in zip(range(limit), chosen, strict=False)] if limit else list(chosen)
    print_rows(found, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no value")


def _of_file(shell: Shell, name: str, guide: str | None) -> Iterator[dict[str, Any]]:
    from gateway.syntax.envelope import InterchangeOpened, Message, Unreadable
    from gateway.syntax.files import read

    readers = Readers(shell, guide)
    by: str | None = None
    count = 0
    wrong = "there is no message in it"
    for event in read(chunks_of(Path(name))):
        if isinstance(event, InterchangeOpened):
            by = readers.guide_of(event)
        elif isinstance(event, Message):
            mapping = readers.mapping(event, by)
            if mapping is None:
                raise InputError(f"{name}: no mapping for {event.type} {event.version}")
            count += 1
            yield from _rows(event, mapping, name)
        elif isinstance(event, Unreadable):
            wrong = event.finding.message
    if not count:
        raise InputError(f"{name}: {wrong}")


def _of_document(shell: Shell, document_id: str) -> Iterator[dict[str, Any]]:
    """A document of the journal: its bytes as they came, by the mapping that read them then."""
    from gateway.mapping.kept import kept_mapping
    from gateway.syntax.envelope import Message
    from gateway.syntax.files import read

    with shell.instance() as instance:
        journal = instance.journal
        document = journal.document(document_id)
        message = journal.message_of(document_id)
        if document.partner not in instance.config.partners:
            said = f"document {document_id} is of {document.partner}, who is no partner: its values come from reports"
            raise Conflict(f"{said}; `gateway settlements lines` and `gateway sales show` lead to them")
        guide = instance.config.partners[document.partner].guide
        if message is not None and message.mapping is None:
            raise NotFound(
                f"document {document_id} ({document.type}) was kept as it came: guide {guide} does not read it"
            )
        if message is not None:
            data = journal.bytes_of(journal.interchange(message.interchange_id).file_id)
            offset, kept = message.offset, journal.mapping_text(message.mapping or "")
        elif document.file_id is not None and document.type in instance.mappings.guide(guide).messages:
            data, offset, kept = journal.bytes_of(document.file_id), None, None
        else:
            raise NotFound(f"document {document_id} ({document.type}) was not read from a message: nothing to trace")
        current = instance.mappings.guided(guide, document.type)
        mapping = current if kept in (None, current.text) else kept_mapping(kept or "", current.grammar)
        for event in read([data]):
            if isinstance(event, Message) and offset in (None, event.offset):
                yield from _rows(event, mapping, document.file or "")


def _rows(message: "Message", mapping: "Mapping", file: str) -> Iterator[dict[str, Any]]:
    from gateway.mapping.messages import explain_message

    for found in explain_message(message, mapping).traces:
        line = found.row.origin.line
        origin = found.row.origin.source.name + (f":{line}" if line else "")
        yield {
            "field": found.field,
            "value": str(found.value),
            "byte": found.offset,
            "length": len(found.text.encode()),
            "segment": found.segment,
            "tag": found.tag,
            "element": found.element,
            "cell": found.cell,
            "text": found.text,
            "row": found.row.expression.text,
            "file": origin,
            "source": file,
        }
