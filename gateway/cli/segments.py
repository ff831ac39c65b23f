"""The segments of a document with the names of what stands in them: what the console shows beside its fields."""

from collections.abc import Iterator
from typing import Any

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import listing, print_rows

_COLUMNS = ("segment", "loop", "name", "cell", "text", "element", "meaning", "fields", "byte")


@click.command()
@click.argument("document_id", metavar="ID")
@click.option("--from", "first", type=click.IntRange(min=1), default=1, help="The segment to begin with.")
@listing
@pass_shell
def segments(shell: Shell, document_id: str, first: int, as_json: bool, as_csv: bool, limit: int | None) -> None:
    """List the values of a document's message. Each with its segment, names, code meaning, and the fields it became.

    At most --limit segments, or 500, from --from on.
    """
    from gateway.queries.anatomy import SEGMENTS, anatomy

    with shell.instance() as instance:
        found = anatomy(instance, document_id, first=first, limit=limit or SEGMENTS)
    empty = f"document {document_id} has no segments: `gateway documents raw {document_id}` shows what there is"
    print_rows(_values(found["segments"]), _COLUMNS, as_json=as_json, as_csv=as_csv, empty=empty)


def _values(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for segment in found:
        for value in segment["values"]:
            if value["text"]:
                yield {
                    "segment": segment["segment"],
                    "tag": segment["tag"],
                    "loop": segment["loop"],
                    "name": segment["name"],
                    "cell": value["cell"],
                    "text": value["text"],
                    "element": value["name"],
                    "meaning": value["meaning"],
                    "fields": value["fields"],
                    "byte": value.get("byte"),
                    "findings": [finding["message"] for finding in segment["findings"]],
                }
