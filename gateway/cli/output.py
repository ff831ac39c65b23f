"""How listings are printed: a table for people, JSON or CSV for programs, always the same columns in the same order."""

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from gateway.logs import plain

_FORMULAS = ("=", "+", "-", "@")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")
_WIDEST = 500  # characters of a cell for people: a page is as wide as its widest cell in every row

Row = dict[str, Any]
Command = Callable[..., Any]


def listing(command: Command) -> Command:
    """The options every listing takes: --json, --csv, --limit."""
    for option in (
        click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many rows."),
        click.option("--csv", "as_csv", is_flag=True, help="Comma-separated values."),
        click.option("--json", "as_json", is_flag=True, help="An array of objects."),
    ):
        command = option(command)
    return command


def print_rows(
    rows: Iterable[Row], columns: Sequence[str], *, as_json: bool, as_csv: bool, empty: str = "nothing"
) -> None:
    """Print rows as asked. The table has `columns`; JSON has every key."""
    found = list(rows)
    if as_json:
        print_json(found)
    elif as_csv:
        print_csv(found, columns)
    elif not found:
        click.echo(empty)
    else:
        print_table(found, columns)


def counted(number: int, thing: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def print_json(value: Any) -> None:
    """JSON as people can read it, every character as it is."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def print_csv(rows: Iterable[Row], columns: Sequence[str]) -> None:
    """CSV with a header. Text that a spreadsheet would take for a formula gets an apostrophe (ASVS 5.0 V1.2.10)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_safe(_flat(row.get(column))) for column in columns])
    click.echo(out.getvalue(), nl=False)


def print_table(rows: Sequence[Row], columns: Sequence[str]) -> None:
    """A table: drawn on a terminal, plain columns in a pipe."""
    cells = [[_cut(_flat(row.get(column))) for column in columns] for row in rows]
    titles = [column.replace("_", " ") for column in columns]
    if sys.stdout.isatty():
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for title in titles:
            table.add_column(title, overflow="fold")
        for row in cells:
            table.add_row(*(Text(cell) for cell in row))
        Console().print(table)
        return
    widths = [max(len(line[n]) for line in [titles, *cells]) for n in range(len(columns))]
    for line in [titles, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _flat(value: Any) -> str:
    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return plain(text)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def _safe(text: str) -> str:
    # A tab, carriage return or NUL has been escaped before: what begins with one begins with a backslash now.
    return f"'{text}" if text[:1] in _FORMULAS and not _NEGATIVE.fullmatch(text) else text
