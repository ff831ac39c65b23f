"""What is in a file: envelopes, groups, messages, and every segment at its place in the grammar, with names."""

from collections.abc import Iterator
from pathlib import Path

import click

from gateway.cli.erp_files import open_erp_file
from gateway.cli.files import file_argument, guide_option
from gateway.cli.main import Shell, pass_shell
from gateway.cli.report_files import describe, open_report
from gateway.cli.streams import Input, Readers, chunks_of
from gateway.grammar.arrangement import arrange
from gateway.grammar.elements import Composite, Element
from gateway.grammar.schema import Grammar
from gateway.grammar.tree import Node, SegmentAt
from gateway.mapping.report_files import ReportFile
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


def show(node: Node, grammar: Grammar, component_mark: str, depth: int) -> None:
    """The segments of a loop with their names, and the loops inside, indented."""
    margin = "  " * depth
    for item in node.items:
        if isinstance(item, Node):
            click.echo(f"{margin}{item.loop.name}")
            show(item, grammar, component_mark, depth + 1)
            continue
        definition = grammar.segments.get(item.tag)
        click.echo(f"{margin}{item.ordinal:>4} {item.tag}  {definition.name if definition else 'unknown'}")
        named = definition.elements if definition else ()
        for line in _elements(item, named, component_mark):
            click.echo(f"{margin}     {line}".rstrip())


def _elements(segment: SegmentAt, named: tuple[Element | Composite, ...], component_mark: str) -> Iterator[str]:
    """A line for each value in a segment: its cell, itself, its name."""
    for position, value in enumerate(segment.elements, 1):
        found = named[position - 1] if position <= len(named) else None
        name = found.name if found else ""
        if component_mark not in value:
            if value:
                yield f"{segment.tag}{position:02} {value}  {name}"
            continue
        inside = found.components if isinstance(found, Composite) else ()
        for place, part in enumerate(value.split(component_mark), 1):
            if part:
                called = inside[place - 1].name if place <= len(inside) else name
                yield f"{segment.tag}{position:02}-{place} {part}  {called}"


@click.command()
@file_argument
@click.option("--segments/--no-segments", default=True, help="Show the segments of each message.")
@click.option("--with", "other", type=click.Choice(["pydifact"]), help="Lay another reader's segments beside ours.")
@guide_option
@pass_shell
def inspect(shell: Shell, file: Path, segments: bool, other: str | None, guide: str | None) -> None:
    """Show what is in FILE. Envelopes, messages, and each segment with its names and loops; of a report its columns."""
    readers = Readers(shell, guide)
    if other:
        data = b"".join(chunks_of(file))
        _show_beside(data, segments)
        return
    source = Input(file)
    report = open_report(source, readers)
    if isinstance(report, ReportFile):
        for line in describe(report):
            click.echo(line)
        return
    if report is None and (spoken := open_erp_file(source, readers)) is not None:
        for each in spoken:
            click.echo(each.title)
            for line in each.lines if segments else ():
                click.echo(f"  {line}")
            for finding in each.findings:
                click.echo(f"  {finding.severity}: {finding.message}")
        return
    by: str | None = None

    for event in read(source.chunks()) if report is None else (Unreadable(report),):
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
                _show_message(event, readers.grammar(event, by), segments)
            case GroupClosed() | InterchangeClosed():
                for finding in event.findings:
                    click.echo(f"  {finding.severity}: {finding.message}")
            case Unreadable():
                click.echo(f"{event.finding.severity}: {event.finding.message}")


def _show_message(message: Message, grammar: Grammar | None, segments: bool) -> None:
    title = f"{grammar.title}, " if grammar else "no grammar, "
    size = f"{len(message.segments)} segments (byte {message.offset})"
    click.echo(f"    {message.type} {message.control_number}: {title}{size}")
    if segments and grammar:
        tree = arrange(message.segments, grammar, message.marks, message.locate)
        show(tree.root, grammar, message.marks[1], 3)
    elif segments:
        element, component = message.marks[:2]
        for ordinal, text in enumerate(message.segments, 1):
            plain = text.replace(element, "+").replace(component, ":") if element < " " else text
            click.echo(f"      {ordinal:>4} {plain}")
    for finding in message.findings:
        click.echo(f"      {finding.severity}: {finding.message}")


def _show_beside(data: bytes, segments: bool) -> None:
    """Our reading and pydifact's, and a sentence on where they differ."""
    from gateway.cli.second_opinion import ask_pydifact, compare, edifact_messages, our_segments

    messages = edifact_messages(read([data]))
    opinion, ours = ask_pydifact(data, messages), our_segments(messages)
    if opinion.failure:
        click.echo(f"pydifact cannot read it ({opinion.failure}); we read {len(ours)} segments")
        return
    for line in compare(ours, opinion.segments, all_of_them=segments):
        click.echo(line)
    for remark in opinion.remarks:
        click.echo(f"pydifact remarks: {remark}")
    if ours == opinion.segments:
        click.echo(f"pydifact reads the same {len(ours)} segments")
    else:
        counts = f"{len(opinion.segments)} segments, we read {len(ours)}"
        click.echo(f"pydifact reads {counts}; lines with - are ours alone, lines with + are pydifact's alone")
