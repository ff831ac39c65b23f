"""Making, running and checking an instance: init, once, check, doctor."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from gateway.cli.main import Shell, at_option, pass_shell
from gateway.cli.output import counted, print_json
from gateway.errors import ConfigError


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="With the partners and masters of the shipped examples.")
@at_option
def init(folder: Path, example: bool, at: datetime | None) -> None:
    """Make an instance in FOLDER. It gets a config.toml, a journal and its folders."""
    from gateway.instance import create

    config = create(folder, example=example, at=at or datetime.now(UTC))
    click.echo(f"made {config}")
    if example:
        click.echo(f"try it: copy an order into {folder}/amazon/in, then gateway -c {config} once")
    else:
        click.echo(f"next: fill in {config}, then gateway -c {config} check")


@click.command()
@at_option
@click.option("--fail-on-problems", is_flag=True, help="Exit 1 where cases are open afterwards.")
@pass_shell
def once(shell: Shell, at: datetime | None, fail_on_problems: bool) -> None:
    """Take everything that waits, send what is due, and end."""
    from gateway import logs
    from gateway.instance import locked
    from gateway.turn import Turn

    logs.set_up()
    with shell.instance(clock=shell.clock(at), read_only=False) as instance, locked(instance):
        tally = Turn(instance).run()
        still_open = len(instance.journal.open_cases())
    click.echo(
        f"{counted(tally.files, 'file')} taken, {tally.quarantined} of them in quarantine, "
        f"{counted(tally.delivered, 'file')} delivered, {counted(still_open, 'case')} open"
    )
    for problem in tally.problems:
        click.echo(f"gateway: {problem}", err=True)
    if fail_on_problems and (still_open or tally.problems):
        raise click.exceptions.Exit(1)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
@click.option("--effective", metavar="GUIDE/MESSAGE", help="Print a mapping row by row, with the file of each.")
@pass_shell
def check(shell: Shell, as_json: bool, effective: str | None) -> None:
    """Check configuration, mappings, schemas and folders. All problems come at once, with file and line."""
    from gateway import config as configuration
    from gateway.instance import mappings_of

    file = shell.config_file()
    config, problems = configuration.read(file)
    found = [{"file": p.file, "line": p.line, "message": p.message} for p in problems]
    if config is not None:
        found += [{"file": p.file, "line": p.line, "message": p.message} for p in configuration.check_folders(config)]
        charts = configuration.chart_problems(config)
        found += [{"file": p.file, "line": p.line, "message": p.message} for p in charts]
        mappings = mappings_of(config.folder)
        guides = dict.fromkeys(partner.guide for partner in config.partners.values())
        wrong = mappings.problems(guides)
        found += [{"file": p.file, "line": p.line, "message": p.message} for p in wrong]
        if not wrong:
            found += [
                {"file": name, "line": None, "message": said}
                for name, said in configuration.rules_that_are_known(mappings, guides)
            ]
        if effective and not found:
            guide, _, message = effective.partition("/")
            for row in mappings.guided(guide, message).rows:
                click.echo(f"{row.name} = {row.expression.text!r}  ({row.origin.source.name}:{row.origin.line})")
            return
    if as_json:
        print_json(found)
    else:
        for problem in found:
            place = f"{problem['file']}:{problem['line']}" if problem["line"] else str(problem["file"])
            click.echo(f"{place}: {problem['message']}")
        if not found:
            click.echo(f"{file}: everything is in order")
    if found:
        raise click.exceptions.Exit(ConfigError.exit_code)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="An array of objects.")
@at_option
@pass_shell
def doctor(shell: Shell, as_json: bool, at: datetime | None) -> None:
    """Look at everything an instance needs. Exit 1 where something is wrong."""
    from gateway.checkup import look_at_all

    looks = list(look_at_all(shell.config_file(), at or datetime.now(UTC)))
    if as_json:
        print_json([{**asdict(look), "ok": look.problem is None} for look in looks])
    else:
        for look in looks:
            click.echo(f"{'PROBLEM' if look.problem else 'ok     '}  {look.what}  {look.problem or look.note}".rstrip())
    if any(look.problem for look in looks):
        raise click.exceptions.Exit(1)
