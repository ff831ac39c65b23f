"""Documents: everything that came and went, with its three statuses."""

import sys
from datetime import datetime

import click

from gateway.cli.main import Shell, at_option, dry_run_option, pass_shell, who_am_i
from gateway.cli.output import listing, print_json, print_rows
from gateway.errors import Conflict

_COLUMNS = (
    *("id", "type", "direction", "partner", "business_number", "control_number"),
    *("validation", "delivery", "acknowledgement", "file", "at"),
)


@click.group()
def documents() -> None:
    """Everything that came and went."""


@documents.command("list")
@click.option("--type", "kind", help="Only these: 850, 997, sales-order.")
@click.option("--partner", help="Only this partner's.")
@click.option("--direction", type=click.Choice(["in", "out"]), help="Only what came, or only what went.")
@click.option("--number", help="Only those with this business number.")
@listing
@pass_shell
def list_documents(
    shell: Shell,
    kind: str | None,
    partner: str | None,
    direction: str | None,
    number: str | None,
    as_json: bool,
    as_csv: bool,
    limit: int | None,
) -> None:
    """List the documents, the latest last."""
    from gateway import queries

    with shell.instance() as instance:
        found = instance.journal.documents(
            limit=limit, type=kind, partner=partner, direction=direction, business_number=number
        )
    rows = [queries.document_line(document) for document in found]
    print_rows(rows, _COLUMNS, as_json=as_json, as_csv=as_csv, empty="no documents")


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
@click.option("--reason", default="resent by hand", show_default=True, help="Why; kept in the journal.")
@dry_run_option
@at_option
@pass_shell
def resend(shell: Shell, document_id: str, reason: str, dry_run: bool, at: datetime | None) -> None:
    """Send the same bytes again: same name, same control number."""
    from gateway.instance import system_clock

    with shell.instance(read_only=dry_run) as instance:
        dispatches = instance.journal.dispatches(document_id=document_id)
        if not dispatches:
            raise Conflict(f"document {document_id} was never sent, so nothing can be sent again")
        last = dispatches[-1]
        if last.state not in ("delivered", "failed"):
            raise Conflict(f"document {document_id} is still on its way: it leaves with the next `gateway once`")
        number = f" with control number {last.control_number}" if last.control_number else ""
        click.echo(f"{'would send' if dry_run else 'sends'} {last.name} again to {last.channel}{number}, byte for byte")
        if last.control_number and last.state == "delivered":
            click.echo("the partner takes a control number it has seen for a duplicate, and may refuse it")
        if not dry_run:
            with instance.journal.transaction(at or system_clock()) as tx:
                tx.requeue(last.id, reason, who_am_i())
                tx.update_document(document_id, delivery="queued")
                if instance.journal.document(document_id).acknowledgement in ("overdue", "rejected"):
                    tx.update_document(document_id, acknowledgement="awaited")
            click.echo("it leaves with the next `gateway once`")


@documents.command()
@click.argument("document_id", metavar="ID")
@click.option("--reason", required=True, help="Why; kept in the journal.")
@dry_run_option
@at_option
@pass_shell
def release(shell: Shell, document_id: str, reason: str, dry_run: bool, at: datetime | None) -> None:
    """Let a document go on that was held for somebody to look at."""
    from gateway.instance import system_clock
    from gateway.pipeline import Desk, handover

    with shell.instance(read_only=dry_run) as instance:
        document = instance.journal.document(document_id)
        handover.find_hold(document, instance.journal)
        if not dry_run:
            now = at or system_clock()
            with instance.journal.transaction(now) as tx:
                desk = Desk(instance.config, instance.mappings, instance.catalogue, tx, now)
                handover.release(document, reason, who_am_i(), desk)
    click.echo(f"document {document_id} {'would go' if dry_run else 'goes'} on with the next `gateway once`")
