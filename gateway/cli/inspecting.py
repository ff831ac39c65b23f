"""What is in a file: envelopes, groups, messages, and every segment at its place in the grammar, with names."""

from pathlib import Path

import click

from gateway.cli.files import file_argument, guide_option
from gateway.cli.main import Shell, pass_shell
from gateway.cli.streams import Readers, chunks_of
from gateway.grammar.schema import Grammar
from gateway.grammar.tree import Node, arrange
from gateway.syntax.envelope import (
    GroupClosed,
    GroupOpened,
    InterchangeAnswered,
    InterchangeClosed,
    InterchangeOpened,
    Message,
    Unreadable,
)
from gateway.syntax.files import read


def show(node: Node, grammar: Grammar, depth: int) -> None:
    """The segments of a loop with their names, and the loops inside, indented."""
    margin = "  " * depth
    for item in node.items:
        if isinstance(item, Node):
            click.echo(f"{margin}{item.loop.name}")
            show(item, grammar, depth + 1)
            continue
        definition = grammar.segments.get(item.tag)
        click.echo(f"{margin}{item.ordinal:>4} {item.tag}  {definition.name if definition else 'unknown'}")
        named = definition.elements if definition else ()
        for position, value in enumerate(item.elements, 1):
            name = named[position - 1].name if position <= len(named) else ""
            if value:
                click.echo(f"{margin}     {item.tag}{position:02} {value}  {name}".rstrip())


@click.command()
@file_argument
@click.option("--segments/--no-segments", default=True, help="Show the segments of each message.")
@guide_option
@pass_shell
def inspect(shell: Shell, file: Path, segments: bool, guide: str | None) -> None:
    """Show what is in FILE. Envelopes, messages, and each segment with its names and loops."""
    readers = Readers(shell, guide)
    by: str | None = None

    for event in read(chunks_of(file)):
        match event:
            case InterchangeOpened():
                by = readers.guide_of(event)
                flag = ", test" if event.is_test else ""
                parties = f"{event.sender} to {event.receiver}{flag}"
                click.echo(f"interchange {event.control_number}: {parties} (byte {event.offset})")
            case InterchangeAnswered():
                click.echo(f"  TA1 {' '.join(event.elements)}")
            case GroupOpened():
                click.echo(f"  group {event.control_number}: {event.kind} {event.version}")
            case Message():
                grammar = readers.grammar(event, by)
                title = f"{grammar.title}, " if grammar else "no grammar, "
                size = f"{len(event.segments)} segments (byte {event.offset})"
                click.echo(f"    {event.type} {event.control_number}: {title}{size}")
                if segments and grammar:
                    show(arrange(event.segments, grammar, event.marks, event.locate).root, grammar, 3)
                elif segments:
                    for ordinal, text in enumerate(event.segments, 1):
                        click.echo(f"      {ordinal:>4} {text}")
                for finding in event.findings:
                    click.echo(f"      {finding.severity}: {finding.message}")
            case GroupClosed() | InterchangeClosed():
                for finding in event.findings:
                    click.echo(f"  {finding.severity}: {finding.message}")
            case Unreadable():
                click.echo(f"{event.finding.severity}: {event.finding.message}")
