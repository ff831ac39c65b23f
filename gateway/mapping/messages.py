"""Reading one message by its mapping, the way everybody above does it: `read_message`.

The compiled reader takes the good path. The first doubt sends the message to the explaining reader, which finds what is
wrong and where every value came from (DESIGN 3, "Two readers of the same data").
"""

from gateway.findings import Finding
from gateway.grammar.arrangement import arrange
from gateway.mapping.compiled import compile_mapping
from gateway.mapping.mapping import Mapping
from gateway.mapping.reading import read_tree
from gateway.mapping.soundness import ready
from gateway.mapping.traces import Reading
from gateway.syntax.envelope import Message


def read_message(message: Message, mapping: Mapping) -> Reading:
    """The document of a message, and what the grammar and the mapping find wrong with it.

    The message's own envelope (its counts and references) is judged by `message.findings`. Traces are empty on the good
    path; `explain_message` always has them.
    """
    compiled = compile_mapping(mapping, message.marks)
    document = compiled.read(message.segments) if compiled else None
    return Reading(document, ()) if document is not None else explain_message(message, mapping)


def check_message(message: Message, mapping: Mapping) -> tuple[Finding, ...]:
    """All that the grammar of a mapping finds wrong with a message, without its document: sooner if that is nothing."""
    quick = ready(mapping, message.marks)
    if quick is not None and quick.is_sound(message.segments):
        return ()
    return arrange(message.segments, mapping.grammar, message.marks, message.locate).findings


def explain_message(message: Message, mapping: Mapping) -> Reading:
    """The same by the explaining reader alone: slower, with the provenance of every value."""
    tree = arrange(message.segments, mapping.grammar, message.marks, message.locate)
    if not tree.is_whole:
        return Reading(None, tree.findings)
    return read_tree(tree, mapping, message.marks, message.locate)
