"""What an answer says of our message, in words: each fault with its code, what that means, and our own text there.

Somebody must correct what the partner refuses, and knows our document, not the numbers of a 997: so every fault is
shown on the segment that we sent.
"""

from collections.abc import Iterator, Mapping, Sequence

from gateway.documents.application_advice import AdvisedError
from gateway.documents.functional_acknowledgement import ElementNote, MessageAnswer, SegmentNote, ServiceNote
from gateway.grammar.schema import Grammar
from gateway.pipeline import answer_codes
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Message
from gateway.syntax.files import read


class OwnMessage:
    """A message of ours as it was sent, to be shown to a person segment by segment."""

    def __init__(self, data: bytes, grammar: Grammar) -> None:
        """`data` is the interchange that carried it, as it left."""
        self.grammar = grammar
        self._message = next((event for event in read([data]) if isinstance(event, Message)), None)

    @property
    def is_edifact(self) -> bool:
        """Whether CONTRL or 997 speaks of it: they count and number in their own ways."""
        return isinstance(self._message, EdifactMessage)

    def segment(self, ordinal: int) -> str:
        """A segment as it stood on the wire, counted from its header, which is 1; '' where there is none."""
        message = self._message
        if message is None or not 0 < ordinal <= len(message.segments):
            return ""
        start, end = (message.locate(place) - message.offset for place in (ordinal, ordinal + 1))
        text = message.raw[start:end].decode("latin-1").strip()
        return text.removesuffix(message.delimiters.terminator.decode())

    def cell(self, ordinal: int, note: ElementNote) -> str:
        """An element as people name it: `PO102`, `REF04-2`, `QTY.6060`."""
        tag = self.segment(ordinal)[:3].rstrip("+*")
        if not self.is_edifact:
            return f"{tag}{note.position:02}" + (f"-{note.component}" if note.component else "")
        position = note.position - 1  # CONTRL counts the tag as 1
        definition = self.grammar.segments.get(tag)
        element = definition.element(position, note.component or 1) if definition else None
        if element is not None:
            return f"{tag}.{element.number}"
        return f"{tag}, element {position}" + (f", component {note.component}" if note.component else "")


def faults_of(answer: MessageAnswer, own: OwnMessage) -> Iterator[str]:
    """What is wrong with the message, a sentence each; that segments are in error is told by the segments."""
    words = answer_codes.EDIFACT if own.is_edifact else answer_codes.MESSAGE
    announced = "" if own.is_edifact or not answer.segments else "5"
    for code in answer.codes:
        if code != announced:
            yield _told(code, words) + _service(answer.service)
    for note in answer.segments:
        yield from _of_segment(note, own)


def faults_around(codes: Sequence[str], service: ServiceNote | None, words: Mapping[str, str]) -> Iterator[str]:
    """What is wrong with an envelope of ours, a sentence each."""
    for code in codes:
        yield _told(code, words) + _service(service)


def fault_of_advice(error: AdvisedError) -> str:
    """What an application has against a document, in its own words."""
    place = f" at {error.tag or ''}{error.position or '':02}" if error.tag or error.position else ""
    value = f": {error.value}" if error.value else ""
    return " ".join(filter(None, (error.code, *error.text))) + place + value


def _of_segment(note: SegmentNote, own: OwnMessage) -> Iterator[str]:
    text = own.segment(note.ordinal)
    where = f"segment {note.ordinal} `{text}`" if text else f"segment {note.ordinal} ({note.tag or 'beyond the last'})"
    for element in note.elements:
        words = answer_codes.EDIFACT if own.is_edifact else answer_codes.ELEMENT
        value = f" {element.value!r}" if element.value else ""
        yield f"{where}: {own.cell(note.ordinal, element)}{value}: {_told(element.code, words)}"
    if note.code and not note.elements:
        missing = f" {note.tag}" if note.code == "3" and note.tag and not own.is_edifact else ""
        yield f"{where}: {_told(note.code, answer_codes.EDIFACT if own.is_edifact else answer_codes.SEGMENT)}{missing}"


def _told(code: str, words: Mapping[str, str]) -> str:
    return f"{words[code]} (code {code})" if code in words else f"code {code}"


def _service(service: ServiceNote | None) -> str:
    if service is None or service.tag is None:
        return ""
    return f" at {service.tag}" + (f", element {service.position - 1}" if service.position else "")
