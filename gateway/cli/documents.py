"""Documents: everything that came and went, with its three statuses."""

import sys
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, cast

import click

from gateway.cli import output
from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import Row, listing, print_entries, print_json, print_rows
from gateway.cli.segments import segments

if TYPE_CHECKING:
    from gateway.journal import Journal
    from gateway.lifecycle.resending import Option, Way

_COLUMNS = (
    *("id", "type", "direction", "partner", "business_number", "control_number"),
    *("validation", "delivery", "acknowledgement", "file", "at"),
)

_NO_STATUS = ("none", "none_expected")
_SHORT = ("id", "type", "direction", "partner", "business_number", "at")

STATES = ("blocked", "parked", "queued", "in_doubt", "failed", "awaited", "overdue", "rejected")
"""Those of queries/document_lists.py, which takes longer to import than the help of this verb."""


@click.group()
def documents() -> None:
    """Everything that came and went."""


documents.add_command(segments)


@documents.command("list")
@click.option("--type", "kind", help="Only these: 850, 997, sales-order.")
@click.option("--partner", help="Only this partner's.")
@click.option("--direction", type=click.Choice(["in", "out"]), help="Only what came, or only what went.")
@click.option("--number", help="Only those with this business number.")
@click.option("--control-number", help="Only those with this control number.")
@click.option("--state", type=click.Choice(STATES), help="Only those that are blocked, failed, overdue ...")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only of this day (UTC) or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only of this day (UTC) or earlier.")
@listing
@pass_shell
def list_documents(
    shell: Shell,
    kind: str | None,
    partner: str | None,
    direction: str | None,
    number: str | None,
    control_number: str | None,
    state: str | None,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
) -> None:
    """List the documents, the latest last."""
    from gateway import queries
    from gateway.queries.document_lists import find_documents

    with shell.instance() as instance:
        found = find_documents(
            instance.journal,
            state=state,
            since=since.date() if since else None,
            until=until.date() if until else None,
            limit=limit,
            type=kind,
            partner=partner,
            direction=direction,
            business_number=number,
            control_number=control_number,
        )
    rows = [queries.document_line(document) for document in found]
    if (
        rows and not (as_json or as_csv) and output.is_terminal()
    ):  # in a pipe each is a line, for those who sort and cut
        print_entries(rows, _SHORT, _below)
        return
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no documents")


def _below(row: Row) -> Iterator[str]:
    """Its three statuses, its control number and its file."""
    statuses = [
        row["validation"],
        *(row[name] for name in ("delivery", "acknowledgement") if row[name] not in _NO_STATUS),
    ]
    more = [f"no. {row['control_number']}" if row["control_number"] else "", row["file"] or ""]
    yield "; ".join(filter(None, [", ".join(each.replace("_", " ") for each in statuses), *more]))


@documents.command()
@click.argument("document_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def show(shell: Shell, document_id: str, as_json: bool) -> None:
    """Show one document: what it says, the message it came in, the dispatches that carried it."""
    from gateway import queries

    with shell.instance() as instance:
        shown = queries.document(instance.journal, document_id)
    if as_json:
        print_json(shown)
        return
    way = "from" if shown["direction"] == "in" else "for"
    click.echo(f"document {document_id}: {shown['type']} {shown['business_number']} {way} {shown['partner']}")
    for name in ("validation", "delivery", "acknowledgement", "control_number", "file", "at"):
        if shown[name] is not None:
            click.echo(f"  {name.replace('_', ' ')}: {shown[name]}")
    for finding in (shown["message"] or {}).get("findings", ()):
        click.echo(f"  {finding['severity']}: {finding['message']}")
    for dispatch in shown["dispatches"]:
        trouble = f" ({dispatch['error']})" if dispatch["error"] else ""
        click.echo(f"  {dispatch['state']} to {dispatch['channel']} as {dispatch['name']}{trouble}")
    for answer in shown["answers"]:
        about = (
            f"of document {answer['sent']}" if answer["answer"] == document_id else f"by document {answer['answer']}"
        )
        click.echo(f"  {answer['verdict'].replace('_', ' ')} {about}, {answer['by']} at {answer['at']}")
        for finding in answer["findings"]:
            click.echo(f"    {finding}")
    print_json(shown["body"])


@documents.command()
@click.argument("document_id", metavar="ID")
@pass_shell
def raw(shell: Shell, document_id: str) -> None:
    """Print the bytes of a document as they came or went."""
    from gateway import queries

    with shell.instance() as instance:
        sys.stdout.buffer.write(queries.raw_of(instance.journal, document_id))


@documents.command()
@click.argument("document_id", metavar="ID")
@click.option("--as", "way", type=click.Choice(["retransmit", "reissue"]), help="How; left out, the gentlest way.")
@click.option("--reason", default="resent by hand", show_default=True, help="Why; kept in the journal.")
@click.option("--json", "as_json", is_flag=True, help="The plan as an array of objects; with --dry-run.")
@dry_run_option
@at_option
@pass_shell
def resend(
    shell: Shell, document_id: str, way: str | None, reason: str, as_json: bool, dry_run: bool, at: datetime | None
) -> None:
    """Send a document again. With --dry-run: the ways there are, and what the partner will make of each."""
    from gateway import interventions
    from gateway.lifecycle.resending import best
    from gateway.pipeline import resending

    with shell.instance(read_only=dry_run, clock=shell.clock(at)) as instance:
        if dry_run:
            options = resending.plan_of(instance.journal.document(document_id), instance.journal)
            _print_plan(document_id, options, best(options), as_json=as_json)
            return
        chosen, leaves = interventions.resend(instance, document_id, reason, who_am_i(), cast("Way | None", way))
        if chosen == "retransmit":
            click.echo(_sent_again(document_id, instance.journal))
        else:
            click.echo(f"writes it anew as document {leaves}, under a new control number")
        click.echo("it leaves with the next `gateway once`")


def _sent_again(document_id: str, journal: "Journal") -> str:
    """An ERP that numbers what it is handed gets it under a new number; else the bytes are the same."""
    first, last = (journal.dispatches(document_id=document_id)[at] for at in (0, -1))
    number = f" with control number {last.control_number}" if last.control_number else ""
    how = ", byte for byte" if first.control_number == last.control_number else ", which is a new one"
    return f"sends {last.name} again to {last.channel}{number}{how}"


def _print_plan(document_id: str, options: "tuple[Option, ...]", gentlest: "Option | None", *, as_json: bool) -> None:
    rows = [
        {"way": option.way, "open": option.is_open, "meaning": option.meaning, "reason": option.reason}
        for option in options
    ]
    if as_json:
        print_json(rows)
        return
    for option in options:
        mark = "open" if option.is_open else "refused"
        click.echo(f"{option.way}: {mark}. {option.meaning}")
        if option.reason:
            click.echo(f"  {option.reason}")
    way = f"`gateway documents resend {document_id}` would {gentlest.way}" if gentlest else "nothing would be sent"
    click.echo(way)


@documents.command()
@click.argument("document_id", metavar="ID")
@click.option("--reason", required=True, help="Why; kept in the journal.")
@dry_run_option
@at_option
@pass_shell
def release(shell: Shell, document_id: str, reason: str, dry_run: bool, at: datetime | None) -> None:
    """Let a document go on that is held: one that came, or one of ours that its gate blocks. Kept for ever."""
    from gateway import interventions

    with shell.instance(read_only=dry_run, clock=shell.clock(at)) as instance:
        if dry_run:
            rules = interventions.releasable(instance, instance.journal.document(document_id))
        else:
            rules = interventions.release(instance, document_id, reason, who_am_i())
        if rules:
            click.echo(f"{'would override' if dry_run else 'overridden'}: {', '.join(rules)}")
    click.echo(f"document {document_id} {'would go' if dry_run else 'goes'} on with the next `gateway once`")
