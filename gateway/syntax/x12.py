"""The streaming X12 reader: bytes to envelope events, one message in memory at a time.

Strategy: only the segments of the envelope are read one by one. From an ST the reader looks for the next envelope
segment behind a terminator with bytes.find, which runs at the speed of memchr; all between is the message, and is
split when somebody asks for its segments. What is wrong becomes a finding, and reading goes on where it can: a message
that does not end closes at the next envelope segment, a group at the next GS or IEA, an interchange at the next ISA.
Envelope rules: X12.5 (ISA, IEA, TA1) and X12.6 (GS, GE, ST, SE).
"""

from collections.abc import Iterable, Iterator

from gateway.findings import Finding, find
from gateway.syntax.delimiters import HEADER_LIMIT, Delimiters, byte_order_mark, read_header
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
from gateway.syntax.source import BLANKS, Source, TooLarge

_ENVELOPE_TAGS = (b"SE", b"ST", b"GE", b"GS", b"IEA", b"ISA")
# Service segments that may stand between ISA and the first GS and say nothing about documents (X12.5).
_SERVICE_TAGS = ("ISB", "ISE", "TA3")
_EBCDIC_ISA = "ISA".encode("cp037")
_STRAY_SHOWN = 20


def read(chunks: Iterable[bytes], limits: Limits | None = None) -> Iterator[Event]:
    """Read interchanges from the pieces of a file and yield their events in file order.

    Never raises for what is in the data. The last event of a file that cannot be read on is Unreadable.
    """
    source = Source(chunks, limits or Limits())
    try:
        yield from _read_file(source)
    except TooLarge as stop:
        yield Unreadable(stop.finding)


def _read_file(source: Source) -> Iterator[Event]:
    tally = Tally()
    source.need(4)
    odd: tuple[Finding, ...] = ()
    if mark := byte_order_mark(source.data):
        source.at += mark
        odd = (find("byte-order-mark", "a UTF-8 byte order mark before ISA", offset=0),)
    if not source.skip_blanks():
        yield Unreadable(find("file-empty", "there is nothing in the file", offset=0))
        return
    while source.skip_blanks():
        source.need(HEADER_LIMIT)
        if not source.startswith(b"ISA"):
            yield Unreadable(_not_an_interchange(source))
            if not source.seek(b"ISA"):
                return
            continue
        header = read_header(source.peek(HEADER_LIMIT), source.offset)
        if isinstance(header, Finding):
            yield Unreadable(header)
            return
        opened = InterchangeOpened(header.elements, header.delimiters, source.offset, odd + header.findings)
        odd = ()
        source.at += header.length
        yield opened
        yield from _Interchange(source, opened, tally).read()


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


class _Interchange:
    """Reads one interchange behind its ISA, keeping count of what the trailers must say."""

    def __init__(self, source: Source, opened: InterchangeOpened, tally: Tally) -> None:
        self.source, self.opened, self.tally = source, opened, tally
        self.delimiters: Delimiters = opened.delimiters
        self.group: GroupOpened | None = None
        self.groups = self.messages = 0
        self.group_numbers, self.message_numbers = Tally(), Tally()
        self.findings: list[Finding] = list(_check_header(opened))
        self.stray = 0
        self.unterminated = False
        self.trailer_mark, *self.other_marks = (tag + self.delimiters.element for tag in _ENVELOPE_TAGS)
        if tally.repeats(opened.sender, opened.receiver, opened.control_number):
            self.note("interchange-duplicate", f"ISA13 {opened.control_number} came twice in this file")

    def note(self, code: str, message: str, **place: object) -> None:
        self.findings.append(find(code, message, **{"offset": self.opened.offset, "tag": "ISA", **place}))

    def read(self) -> Iterator[Event]:
        while self.source.skip_blanks():
            self.source.need(4)
            if self.source.startswith(b"ST" + self.delimiters.element):
                yield self._message()
                continue
            if self.source.startswith(b"ISA" + self.delimiters.element):
                break
            offset = self.source.offset
            tag, *elements = self._segment()
            if tag == "IEA":
                yield from self._close_group(None)
                yield self._close(elements, offset)
                return
            if tag == "GS":
                yield from self._close_group(None)
                yield self._open_group(elements, offset)
            elif tag == "GE":
                yield from self._close_group(elements, offset)
            elif tag == "TA1":
                yield InterchangeAnswered(tuple(elements), offset)
            elif tag not in _SERVICE_TAGS:
                self._pass_over(tag, offset)
        yield from self._close_group(None)
        self.note("interchange-unfinished", "the interchange has no IEA", tag="IEA", expected="IEA")
        yield InterchangeClosed(self.opened, self.groups, tuple(self.findings))

    def _segment(self) -> list[str]:
        """The elements of the segment under the reader, tag first."""
        terminator = self.delimiters.terminator
        end = self.source.find(terminator, 0)
        if end < 0:
            self.unterminated = True
            raw = self.source.take(len(self.source.data) - self.source.at)
        else:
            raw = self.source.take(end)
            self.source.at += len(terminator)
        raw = raw.translate(None, self.delimiters.noise).rstrip(BLANKS)
        separator = self.delimiters.element.decode("latin-1")
        return raw.decode("latin-1").split(separator)

    def _pass_over(self, tag: str, offset: int) -> None:
        self.stray += 1
        if self.stray <= _STRAY_SHOWN:
            self.note("segment-outside-message", f"{tag[:8]!r} between messages or groups", tag=tag[:3], offset=offset)

    def _open_group(self, elements: list[str], offset: int) -> GroupOpened:
        self.groups += 1
        self.messages = 0
        self.message_numbers = Tally()
        group = GroupOpened(tuple(elements), offset, self.groups)
        findings = tuple(_check_group(group))
        if self.group_numbers.repeats(group.kind, group.control_number):
            text = f"GS06 {group.control_number} came twice in this interchange"
            findings += (find("group-duplicate", text, tag="GS", element=6, offset=offset),)
        self.group = GroupOpened(tuple(elements), offset, self.groups, findings)
        return self.group

    def _close_group(self, trailer: list[str] | None, offset: int = 0) -> Iterator[GroupClosed]:
        group, self.group = self.group, None
        if group is None:
            if trailer is not None:
                self.note("group-stray", "GE without a GS before it", tag="GE", offset=offset)
            return
        found = list(group.findings)
        declared, reference = (*(trailer or ()), "", "")[:2]
        if trailer is None:
            text = f"group {group.control_number} has no GE"
            found.append(find("group-unfinished", text, tag="GE", offset=self.source.offset, expected="GE"))
        else:
            if not _same_number(reference, group.control_number):
                text = f"GE02 is {reference!r}, GS06 {group.control_number!r}"
                found.append(_differs("group-reference-differs", text, "GE", 2, "28", offset, reference))
            if not _same_number(declared, str(self.messages)):
                text = f"GE01 says {declared or 'nothing'}, counted {self.messages} messages"
                found.append(_differs("message-count-differs", text, "GE", 1, "97", offset, declared))
        yield GroupClosed(group, declared or str(self.messages), self.messages, tuple(found))

    def _close(self, trailer: list[str], offset: int) -> InterchangeClosed:
        declared, reference = (*trailer, "", "")[:2]
        if reference != self.opened.control_number:  # nine digits in both, so compared as text (X12.5)
            text = f"IEA02 is {reference!r}, ISA13 {self.opened.control_number!r}"
            code = "interchange-reference-differs"
            self.findings.append(_differs(code, text, "IEA", 2, "I12", offset, reference))
        if not self.groups and declared in ("0", "1", ""):
            # An interchange of nothing but a TA1 declares 0; senders that write 1 mean the TA1.
            if declared != "0":
                self.note("interchange-empty", f"IEA01 says {declared or 'nothing'}, there is no group", tag="IEA")
        elif not _same_number(declared, str(self.groups)):
            text = f"IEA01 says {declared or 'nothing'}, counted {self.groups} groups"
            self.findings.append(_differs("group-count-differs", text, "IEA", 1, "I16", offset, declared))
        if self.unterminated:
            self.note("segment-unterminated", "the last segment has no terminator", tag="IEA", offset=offset)
        return InterchangeClosed(self.opened, self.groups, tuple(self.findings))

    def _message(self) -> Message:
        self.messages += 1
        source, offset = self.source, self.source.offset
        tag, at = self._next_envelope_segment()
        flaws: list[Finding] = []
        if tag == b"SE":
            end = source.find(self.delimiters.terminator, at)
            self.unterminated = end < 0
            length = len(source.data) - source.at if end < 0 else end + len(self.delimiters.terminator)
        else:
            length = at
            due = source.offset + length
            flaws.append(find("message-unfinished", "the message has no SE", tag="SE", offset=due, expected="SE"))
        message = Message(source.take(length), offset, self.delimiters, self.group)
        if self.group is None:
            flaws.append(find("message-outside-group", "ST outside a group", segment=1, tag="ST", offset=offset))
        if self.message_numbers.repeats(message.control_number):
            text = f"ST02 {message.control_number} came twice in this group"
            flaws.append(find("message-duplicate", text, segment=1, tag="ST", element=2, offset=offset))
        return Message(message.raw, offset, self.delimiters, self.group, tuple(flaws)) if flaws else message

    def _next_envelope_segment(self) -> tuple[bytes, int]:
        """SE and its place; nothing and the place of whatever ends the message instead, if only the end of the file."""
        source, behind = self.source, 3
        while True:
            trailer = self._find_tag(self.trailer_mark, behind, len(source.data))
            reach = trailer if trailer >= 0 else len(source.data) - source.at
            others = [at for mark in self.other_marks if (at := self._find_tag(mark, behind, source.at + reach)) >= 0]
            if others:
                return b"", min(others)
            if trailer >= 0:
                return b"SE", trailer
            if reach > source.limits.message:
                raise TooLarge("message", source.offset, source.limits.message)
            open_end = source.data.rfind(self.delimiters.terminator, source.at) - source.at
            if reach - max(open_end, 0) > source.limits.segment:
                raise TooLarge("segment", source.offset + max(open_end, 0), source.limits.segment)
            behind = max(3, open_end)
            if not source.grow():
                return b"", reach

    def _find_tag(self, mark: bytes, start: int, end: int) -> int:
        """Where a segment begins with `mark`, counted from the reader's place: a terminator must stand before it."""
        data, base, terminator = self.source.data, self.source.at, self.delimiters.terminator
        at = data.find(mark, base + start, end)
        while at >= 0:
            if data.endswith(terminator, base, at) or data[max(base, at - 64) : at].rstrip(b" \t\r\n").endswith(
                terminator.rstrip(b"\r\n") or b"\n"
            ):
                return at - base
            at = data.find(mark, at + 1, end)
        return -1


def _same_number(one: str, other: str) -> bool:
    """Counts and group control numbers compare as integers: leading zeros do not matter (X12.6)."""
    if one.isdecimal() and other.isdecimal() and one.isascii() and other.isascii():
        return one.lstrip("0") == other.lstrip("0")
    return one == other


def _differs(code: str, text: str, tag: str, element: int, number: str, offset: int, value: str) -> Finding:
    return find(code, text, tag=tag, element=element, number=number, offset=offset, value=value)


def _check_header(opened: InterchangeOpened) -> Iterator[Finding]:
    """What ISA's own lists and types say (X12.5); soft where the interchange can be handled all the same."""
    elements, place = opened.elements, opened.offset
    if not (opened.control_number.isdecimal() and len(opened.control_number) == 9):
        text = f"ISA13 is {opened.control_number!r}, expected nine digits"
        yield _differs("interchange-control-number", text, "ISA", 13, "I12", place, opened.control_number)
    for position, number, allowed in ((14, "I13", ("0", "1")), (15, "I14", ("P", "T", "I"))):
        value = elements[position - 1]
        if value not in allowed:
            text = f"ISA{position} is {value!r}, expected one of {', '.join(allowed)}"
            yield _differs("interchange-header", text, "ISA", position, number, place, value)


def _check_group(group: GroupOpened) -> Iterator[Finding]:
    """GS01..GS08 are mandatory; GS06 is one to nine digits (X12.6)."""
    for position in range(1, 9):
        if not group.element(position):
            text = f"GS{position:02} is empty"
            yield find("group-header", text, tag="GS", element=position, offset=group.offset)
    number = group.control_number
    if number and not (number.isdecimal() and len(number) <= 9):
        text = f"GS06 is {number!r}, expected one to nine digits"
        yield _differs("group-control-number", text, "GS", 6, "28", group.offset, number)
