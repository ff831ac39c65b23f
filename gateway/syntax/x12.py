"""The streaming X12 reader: bytes to envelope events, one message in memory at a time.

Strategy: only the segments of the envelope are read one by one. From an ST on all messages that are whole and tidy, as
nearly all are, are taken in one run, and any other by looking for the next envelope segment behind a terminator
(interchange_reader.py). All between is the message, and is split when somebody asks for its segments. What is wrong
becomes a finding, and reading goes on where it can: a message that does not end closes at the next envelope segment, a
group at the next GS or IEA, an interchange at the next ISA.
Envelope rules: X12.5 (ISA, IEA, TA1) and X12.6 (GS, GE, ST, SE).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from gateway.findings import Finding, find
from gateway.syntax.delimiters import (
    HEADER_LIMIT,
    ISA_LENGTH,
    Delimiters,
    cut_by_width,
    places_of,
    read_header,
)
from gateway.syntax.envelope import (
    Event,
    GroupClosed,
    GroupOpened,
    InterchangeAnswered,
    InterchangeClosed,
    InterchangeOpened,
    Limits,
    Message,
    Tally,
    Unreadable,
)
from gateway.syntax.envelope_patterns import EnvelopePatterns, spell
from gateway.syntax.header_checks import check_group, check_header, differs
from gateway.syntax.interchange_reader import InterchangeReader
from gateway.syntax.message import same_number
from gateway.syntax.source import BLANKS, Source, read_file

_ENVELOPE_TAGS = (b"SE", b"ST", b"GE", b"GS", b"IEA", b"ISA")
# Service segments that may stand between ISA and the first GS and say nothing about documents (X12.5).
_SERVICE_TAGS = ("ISB", "ISE", "TA3")
_EBCDIC_ISA = "ISA".encode("cp037")
# ISA and its separator, and as many line breaks between as a file may have there.
_LONGEST_TAG = 16


def read(chunks: Iterable[bytes], limits: Limits | None = None) -> Iterator[Event]:
    """Read interchanges from the pieces of a file and yield their events in file order.

    Never raises for what is in the data. The last event of a file that cannot be read on is Unreadable.
    """
    return read_file(chunks, limits or Limits(), "ISA", _read_interchanges)


def _read_interchanges(source: Source, odd: tuple[Finding, ...]) -> Iterator[Iterable[Event]]:
    tally = Tally()
    while source.skip_blanks():
        source.need(HEADER_LIMIT)
        if not source.startswith(b"ISA"):
            yield (Unreadable(_not_an_interchange(source)),)
            if not source.seek(b"ISA"):
                return
            continue
        header = read_header(source.peek(HEADER_LIMIT), source.offset)
        if isinstance(header, Finding):
            yield (Unreadable(header, _opened_by_width(source)),)
            source.at += 3
            if not source.seek(b"ISA"):
                return
            continue
        opened = InterchangeOpened(
            header.elements, header.delimiters, source.offset, header.places, odd + header.findings
        )
        odd = ()
        source.at += header.length
        yield (opened,)
        yield from _Interchange(source, opened, tally).read()


def _opened_by_width(source: Source) -> InterchangeOpened | None:
    """An ISA under the reader whose delimiters are of no use, where its widths are right."""
    elements = cut_by_width(source.peek(ISA_LENGTH))
    return InterchangeOpened(elements, Delimiters(), source.offset) if elements else None


def _not_an_interchange(source: Source) -> Finding:
    start = source.peek(24)
    if start.startswith(_EBCDIC_ISA):
        return find("ebcdic", "ISA in EBCDIC: the sender's system did not convert to ASCII", offset=source.offset)
    return find(
        "not-edi",
        f"{ascii(start)[1:]} where ISA was expected",
        offset=source.offset,
        value=ascii(start)[1:],
        expected="ISA",
    )


@lru_cache(maxsize=64)
def _patterns(delimiters: Delimiters) -> EnvelopePatterns:
    gap = b"[%b]{0,2}+" % re.escape(delimiters.noise)  # a line of fixed width may have been broken in a tag
    tags = [gap.join(re.escape(bytes([c])) for c in tag + delimiters.element) for tag in _ENVELOPE_TAGS]
    element, end = re.escape(delimiters.element), re.escape(delimiters.terminator)
    return spell(tags, b"[^%b%b]++%b" % (element, end, element), re.compile(tags[-1]), delimiters)


class _Interchange(InterchangeReader):
    header_tag = "ISA"
    message_type = Message

    def __init__(self, source: Source, opened: InterchangeOpened, tally: Tally) -> None:
        super().__init__(source, opened.delimiters, opened.offset, _patterns(opened.delimiters))
        self.opened = opened
        self.group: GroupOpened | None = None
        self.answers = False
        self.findings += check_header(opened)
        if tally.repeats(f"{opened.sender}>{opened.receiver}>{opened.control_number}"):
            number, text = opened.elements[12], f"ISA13 {opened.control_number} came twice in this file"
            self.findings.append(differs("interchange-duplicate", text, "ISA", 13, "I12", opened.places, number))

    def read(self) -> Iterator[Iterable[Event]]:
        source = self.source
        while source.skip_blanks():
            source.need(max(source.harmless, _LONGEST_TAG))  # what may be taken in a run is there to its end
            if self.patterns.is_message.match(source.data, source.at):
                start = source.at
                if self.group is not None:
                    yield self.take_tidy_messages()
                if source.at == start:
                    yield (self._message(),)
                continue
            if self.patterns.is_interchange.match(source.data, source.at):
                code, text = "interchange-interrupted", "the next interchange begins before the IEA of this one"
                break
            (tag, *elements), places = self._segment()
            if tag == "IEA":
                yield self._close_group(None)
                yield (self._close(elements, places),)
                return
            if tag == "GS":
                yield self._close_group(None)
                yield (self._open_group(elements, places),)
            elif tag == "GE":
                yield self._close_group(elements, places)
            elif tag == "TA1":
                self.answers = True
                yield (InterchangeAnswered(tuple(elements), places[0]),)
            elif tag not in _SERVICE_TAGS:
                self.pass_over(tag, places[0])
        else:
            code, text = "interchange-unfinished", "the interchange has no IEA"
        yield self._close_group(None)
        self.note(code, text, tag="IEA", offset=source.offset, expected="IEA")
        yield (InterchangeClosed(self.opened, self.groups, tuple(self.findings)),)

    def _segment(self) -> tuple[list[str], tuple[int, ...]]:
        """The elements of the segment under the reader, tag first, and where they stand."""
        source, delimiters = self.source, self.delimiters
        offset, end = source.offset, source.find(delimiters.terminator)
        raw = source.take(end if end >= 0 else source.ahead)
        if end >= 0:
            source.at += len(delimiters.terminator)
        else:
            self.unterminated = True
        raw = raw.rstrip(BLANKS)
        places = places_of(raw, offset, delimiters.element, delimiters.noise)
        text = raw.translate(None, delimiters.noise).decode("latin-1")
        return text.split(delimiters.element.decode()), places

    def _open_group(self, elements: list[str], places: Sequence[int]) -> GroupOpened:
        self.groups += 1
        self.messages, self.message_numbers = 0, Tally()
        group = GroupOpened(tuple(elements), places[0], self.groups)
        headed = list(check_group(group, places))
        # What does not begin with a whole GS is no group, which only the interchange can be told (I18 024).
        self.findings += (finding for finding in headed if finding.numbers.interchange)
        findings = [finding for finding in headed if not finding.numbers.interchange]
        if self.group_numbers.repeats(f"{group.kind}*{group.control_number}"):
            text = f"GS06 {group.control_number} came twice in this interchange"
            findings.append(differs("group-duplicate", text, "GS", 6, "28", places, group.control_number))
        self.group = replace(group, findings=tuple(findings))
        return self.group

    def _close_group(self, trailer: list[str] | None, places: Sequence[int] = ()) -> Iterator[GroupClosed]:
        group, self.group = self.group, None
        self.message_numbers = Tally()
        if group is None:
            if trailer is not None:
                self.note("group-stray", "GE without a GS before it", tag="GE", offset=places[0])
            return
        found = list(group.findings)
        declared, reference = (*(trailer or ()), "", "")[:2]
        if trailer is None:
            text = f"group {group.control_number} has no GE"
            found.append(find("group-unfinished", text, tag="GE", offset=self.source.offset, expected="GE"))
        else:
            if not same_number(reference, group.control_number):
                text = f"GE02 is {reference!r}, GS06 {group.control_number!r}"
                found.append(differs("group-reference-differs", text, "GE", 2, "28", places, reference))
            if not same_number(declared, str(self.messages)):
                text = f"GE01 says {declared or 'nothing'}, counted {self.messages} messages"
                found.append(differs("message-count-differs", text, "GE", 1, "97", places, declared))
        yield GroupClosed(group, declared or str(self.messages), self.messages, tuple(found))

    def _close(self, trailer: list[str], places: Sequence[int]) -> InterchangeClosed:
        declared, reference = (*trailer, "", "")[:2]
        if reference != self.opened.control_number:  # nine digits in both, so compared as text (X12.5)
            text = f"IEA02 is {reference!r}, ISA13 {self.opened.control_number!r}"
            code = "interchange-reference-differs"
            self.findings.append(differs(code, text, "IEA", 2, "I12", places, reference))
        if not self.groups and declared in ("0", "1", ""):
            # An interchange of nothing but a TA1 declares 0; senders that write 1 mean the TA1.
            if declared != "0" or not self.answers:
                text = f"IEA01 says {declared or 'nothing'}, there is no group"
                self.note("interchange-empty", text, tag="IEA", offset=places[0])
        elif not same_number(declared, str(self.groups)):
            text = f"IEA01 says {declared or 'nothing'}, counted {self.groups} groups"
            self.findings.append(differs("group-count-differs", text, "IEA", 1, "I16", places, declared))
        if self.unterminated:
            self.note("segment-unterminated", "the last segment has no terminator", tag="IEA", offset=places[0])
        return InterchangeClosed(self.opened, self.groups, tuple(self.findings))

    def _message(self) -> Message:
        self.messages += 1
        offset = self.source.offset
        raw, is_finished = self.take_message()
        message = Message(raw, offset, self.delimiters, self.group)
        flaws: list[Finding] = []
        if not is_finished:
            due = self.source.offset
            flaws.append(find("message-unfinished", "the message has no SE", tag="SE", offset=due, expected="SE"))
        if self.group is None:
            flaws.append(find("message-outside-group", "ST outside a group", segment=1, tag="ST", offset=offset))
        if self.message_numbers.repeats(message.control_number):
            text = f"ST02 {message.control_number} came twice in this group"
            at = message.locate(1, 2)
            flaws.append(find("message-duplicate", text, segment=1, tag="ST", element=2, number="329", offset=at))
        return replace(message, flaws=tuple(flaws)) if flaws else message
