"""Why something is blocked, or why it went: the gaps with evidence and remedy, or the facts that let it go."""

import click

from gateway.cli.main import Shell, pass_shell
from gateway.cli.output import print_json


@click.command()
@click.argument("what", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="One object.")
@pass_shell
def explain(shell: Shell, what: str, as_json: bool) -> None:
    """Explain an order, a document or a case. ID is the number of an order or an id: what holds it, or why it went."""
    from gateway.queries import explanations

    with shell.instance() as instance:
        told = explanations.explanation(instance.journal, instance.config, instance.mappings, what)
    if as_json:
        print_json(told)
        return
    click.echo(told["summary"])
    for reason in told["reasons"]:
        gone = reason.get("let_go")
        if gone:
            click.echo(f"  let go by {gone['who']} on {gone['at'][:10]} because {gone['why']}: {reason['message']}")
            continue
        severity = reason.get("severity")
        rule = f"{severity} {reason['rule']}: " if severity else ""
        click.echo(f"  {rule}{reason['message']}")
        for name in ("remedy", "owner", "due_at", "at_stake"):
            if reason.get(name):
                click.echo(f"    {name.replace('_', ' ')}: {reason[name]}")
        for name, value in (reason.get("evidence") or {}).items():
            click.echo(f"    {name}: {value}")
