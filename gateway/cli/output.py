"""How listings are printed: a table for people, JSON or CSV for programs, always the same columns in the same order."""

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from textwrap import fill
from typing import Any

import click

_FORMULAS = ("=", "+", "-", "@")
_NEGATIVE = re.compile(r"-[0-9]+(\.[0-9]+)?")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
# The words of statuses, always beside their colour: green is done, red is wrong, yellow waits.
_COLOURS = {
    **dict.fromkeys(("ready", "delivered", "accepted", "matched", "booked", "paid"), "green"),
    **dict.fromkeys(
        ("accepted_with_errors", "awaited", "queued", "open", "short", "overridden", "different"), "yellow"
    ),
    **dict.fromkeys(("blocked", "failed", "in_doubt", "rejected", "overdue", "unmatched", "held"), "red"),
}
_BELOW = "    "
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
    """A table: drawn on a terminal, plain columns in a pipe. What is drawn leaves out columns with nothing in them."""
    cells = [[_cut(_flat(row.get(column))) for column in columns] for row in rows]
    if is_terminal():
        _draw(cells, columns)
        return
    titles = [_title(column) for column in columns]
    widths = [max(len(line[n]) for line in [titles, *cells]) for n in range(len(columns))]
    for line in [titles, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def print_entries(rows: Sequence[Row], columns: Sequence[str], below: Callable[[Row], Iterable[str]]) -> None:
    """Rows of few short columns, which are never folded, each with what needs a line of its own indented below."""
    cells = [[_cut(_flat(row.get(column))) for column in columns] for row in rows]
    titles = [_title(column) for column in columns]
    widths = [max(len(line[n]) for line in [titles, *cells]) for n in range(len(columns))]

    def line_of(line: Sequence[str]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()

    click.echo(line_of(titles))
    for row, line in zip(rows, cells, strict=True):
        click.echo(line_of(line) if os.environ.get("NO_COLOR") else click.style(line_of(line), bold=True))
        for said in below(row):
            click.echo(fill(_cut(_flat(said)), _width(), initial_indent=_BELOW, subsequent_indent=_BELOW))


def is_terminal() -> bool:
    """Whether a person looks at what is printed."""
    return sys.stdout.isatty()


def _width() -> int:
    """How wide a line may be: as the terminal; in a pipe nothing is folded."""
    return get_terminal_size().columns if is_terminal() else 10 * _WIDEST


def _draw(cells: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown = [n for n in range(len(columns)) if not cells or any(row[n] for row in cells)]
    for n in shown:
        is_number = all(_NUMBER.fullmatch(row[n]) or not row[n] for row in cells)
        table.add_column(_title(columns[n]), overflow="fold", justify="right" if is_number else "left")
    for row in cells:
        table.add_row(*(Text(row[n], style=_COLOURS.get(row[n], "")) for n in shown))
    Console().print(table)


def _title(column: str) -> str:
    return column.replace("_", " ")


@contextmanager
def progress(what: str, total: int | None = None, done: Callable[[], int] = int) -> Iterator[None]:
    """A bar on a terminal while something long is done, nothing otherwise.

    `done` is asked now and then how much of `total` is done; without a total the bar only shows that it goes on.
    """
    if not sys.stderr.isatty():
        yield
        return
    from threading import Event, Thread

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    over = Event()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)

        def look() -> None:
            while not over.wait(0.1):
                bar.update(task, completed=done())

        watch = Thread(target=look, daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()
            watch.join()


def _flat(value: Any) -> str:
    from gateway.logs import plain  # a command that prints no table needs no logging

    if value is None:
        return ""
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return plain(text)


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[:_WIDEST]}…"


def _safe(text: str) -> str:
    # A tab, carriage return or NUL has been escaped before: what begins with one begins with a backslash now.
    return f"'{text}" if text[:1] in _FORMULAS and not _NEGATIVE.fullmatch(text) else text
