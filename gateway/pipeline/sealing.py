"""Envelopes around what leaves, by standard: which numbers are drawn, what stands in the header, how bytes are made.

Both standards are written by the guide: delimiters, line breaks, versions, ids. A number is drawn only for a message
that was read back and stands, inside the transaction that queues it, so none is reused and none skipped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from gateway.config import Partner
from gateway.grammar.order import Written
from gateway.pipeline.desk import Desk
from gateway.syntax.seal import Envelope, Replaced, enclose, render, seal_note
from gateway.syntax.seal_edifact import EdifactEnvelope, enclose_edifact, render_edifact
from gateway.syntax.service_characters import DEFAULT

EDIFACT = "edifact"

# What a CONTRL repeats (0020, 0062, 0048, the parties) it repeats unchanged, or nobody could find what it answers:
# where the guide's set has no such characters it goes in the next wider one, as the sender wrote them himself.
_REPEATING = ("CONTRL",)
_WIDER = "UNOC:3"


@dataclass(frozen=True)
class Numbers:
    """The control numbers of one interchange of ours; EDIFACT has no group around a message."""

    interchange: int
    group: int = 1

    def printed(self, standard: str) -> str:
        """The interchange's number as its envelope writes it."""
        return str(self.interchange) if standard == EDIFACT else f"{self.interchange:09}"


@dataclass(frozen=True)
class Letter:
    """A sealed interchange: its bytes, what had to be replaced in it, and what no rule could make fit."""

    data: bytes
    replaced: tuple[Replaced, ...] = ()
    unfit: tuple[Replaced, ...] = ()


PROVISIONAL = Numbers(1)


def draw_numbers(partner: Partner, desk: Desk, *, with_group: bool = True) -> Numbers:
    """The next control numbers: one series each for (our id, their id, test flag) and level."""
    interchange, *group = series_of(partner)
    number = desk.tx.draw(interchange, partner.start_at)
    if not group or not with_group:
        return Numbers(number)
    return Numbers(number, desk.tx.draw(group[0], partner.start_at))


def series_of(partner: Partner) -> tuple[str, ...]:
    """The series of a partner's control numbers: that of interchanges, and in X12 that of groups."""
    pair = f"{partner.our_id}>{partner.id} {'T' if partner.test else 'P'}"
    return (f"{pair} interchange",) if partner.format == EDIFACT else (f"{pair} interchange", f"{pair} group")


Enclosed = Callable[[Numbers, datetime], Letter]
"""A message whose segments are written: given its numbers and the time at which it is sealed, it is a letter."""


def write_message(message: str, segments: Sequence[Written], partner: Partner, desk: Desk) -> Enclosed:
    """Write the segments of one message, once, to stand in an interchange of its own as the partner's guide has it."""
    write = _write_edifact if partner.format == EDIFACT else _write_x12
    return write(message, segments, partner, desk)


def seal_ta1(elements: Sequence[str], numbers: Numbers, partner: Partner, desk: Desk) -> Letter:
    """A TA1 in an interchange of its own, which has no group."""
    envelope = Envelope(
        sender=partner.our_id,
        receiver=partner.id,
        at=desk.now,
        kind="",
        version="004010",
        control_number=numbers.interchange,
        group_number=1,
        is_test=partner.test,
    )
    guide = desk.guide(partner)
    return Letter(seal_note("TA1", elements, envelope, guide.delimiters, guide.line_break).data)


def _write_x12(message: str, segments: Sequence[Written], partner: Partner, desk: Desk) -> Enclosed:
    guide, grammar = desk.guide(partner), desk.mappings.grammar(partner.guide, message)
    envelope = Envelope(
        sender=partner.our_id,
        receiver=partner.id,
        at=desk.now,
        kind=grammar.group,
        version=grammar.version,
        control_number=PROVISIONAL.interchange,
        group_number=PROVISIONAL.group,
        is_test=partner.test,
        wants_acknowledgement=guide.messages[message].asks,
    )
    body = render([(message, segments)], envelope, guide.delimiters, guide.line_break)

    def enclosed(numbers: Numbers, at: datetime) -> Letter:
        interchange, group = numbers.interchange, numbers.group
        sealed = enclose(body, replace(envelope, at=at, control_number=interchange, group_number=group))
        return Letter(sealed.data, sealed.replaced)

    return enclosed


def _write_edifact(message: str, segments: Sequence[Written], partner: Partner, desk: Desk) -> Enclosed:
    guide = desk.guide(partner)
    use = guide.messages[message]
    envelope = EdifactEnvelope(
        sender=partner.our_id,
        receiver=partner.id,
        at=desk.now,
        control_number=PROVISIONAL.printed(EDIFACT),
        syntax=use.syntax,
        agreement=use.agreement,
        is_test=partner.test,
        wants_acknowledgement=use.asks,
    )
    messages = [("1", f"{message}:{use.identifier}", segments)]
    body = render_edifact(messages, envelope, DEFAULT, guide.line_break)
    if message in _REPEATING and (body.replaced or body.unfit):
        envelope = replace(envelope, syntax=_WIDER)
        body = render_edifact(messages, envelope, DEFAULT, guide.line_break)

    def enclosed(numbers: Numbers, at: datetime) -> Letter:
        sealed = enclose_edifact(body, replace(envelope, at=at, control_number=numbers.printed(EDIFACT)))
        return Letter(sealed.data, sealed.replaced, sealed.unfit)

    return enclosed
