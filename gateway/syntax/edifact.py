"""The streaming EDIFACT reader: bytes to envelope events, one message in memory at a time.

Strategy: as the X12 reader's. Only the segments of the envelope are read one by one; from a UNH on messages are taken
in runs, or up to the next envelope segment behind a terminator that is not released. Each interchange brings its own
UNA or has the defaults. What is wrong becomes a finding, and reading goes on where it can.
Envelope rules: ISO 9735 (versions 1 to 3) and ISO 9735-1 (version 4).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from gateway.findings import Finding, Severity, find
from gateway.syntax.edifact_checks import check_group, check_header, message_mixed
from gateway.syntax.edifact_envelope import (
    HEADER_LIMIT,
    EdifactGroup,
    EdifactInterchange,
    read_header,
    speak,
    split_segment,
)
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Event, GroupClosed, InterchangeClosed, Limits, Tally, Unreadable
from gateway.syntax.envelope_patterns import EnvelopePatterns, spell
from gateway.syntax.header_checks import differs
from gateway.syntax.interchange_reader import InterchangeReader
from gateway.syntax.message import same_number
from gateway.syntax.service_characters import UNA_LENGTH, ServiceCharacters
from gateway.syntax.source import BLANKS, Source, read_file

_ENVELOPE_TAGS = (b"UNT", b"UNH", b"UNE", b"UNG", b"UNZ", b"UNB")
# The header of the next interchange, whatever its own characters are.
_IS_INTERCHANGE = re.compile(rb"U[\r\n]{0,2}+N[\r\n]{0,2}+[AB][\r\n]{0,2}+[^0-9A-Za-z]")
# A tag and its separator, and as many line breaks between as a file may have there.
_LONGEST_TAG = 16


def read(chunks: Iterable[bytes], limits: Limits | None = None) -> Iterator[Event]:
    """Read interchanges from the pieces of a file and yield their events in file order.

    Never raises for what is in the data. The last event of a file that cannot be read on is Unreadable.
    """
    return read_file(chunks, limits or Limits(), "UNA or UNB", _read_interchanges)


def _read_interchanges(source: Source, odd: tuple[Finding, ...]) -> Iterator[Iterable[Event]]:
    tally = Tally()
    while source.skip_blanks():
        source.need(HEADER_LIMIT)
        header = read_header(source.peek(HEADER_LIMIT), source.offset, odd)
        if isinstance(header, Finding):
            yield (Unreadable(header),)
            if not _seek_header(source):
                return
            continue
        odd = ()
        source.at += header.length
        yield (header.opened,)
        yield from _Interchange(source, header.opened, tally).read()


def _seek_header(source: Source) -> bool:
    """Stand on the next line that begins with UNA or UNB; False where there is none.

    The UNB right behind a UNA that is of no use is written with its characters, so it is passed over too.
    """
    if source.startswith(b"UNA"):
        source.at += min(UNA_LENGTH, source.ahead)
        source.skip_blanks()
    source.at += 1
    while source.seek(b"UN"):
        source.need(3)
        if source.peek(3) in (b"UNA", b"UNB"):
            return True
    return False


@lru_cache(maxsize=64)
def _patterns(characters: ServiceCharacters) -> EnvelopePatterns:
    gap = b"[%b]{0,2}+" % re.escape(characters.noise)  # a line of fixed width may have been broken in a tag
    ends = b"[%b]" % re.escape(characters.element + characters.terminator)
    tags = [gap.join((*(bytes([letter]) for letter in tag), ends)) for tag in _ENVELOPE_TAGS]
    behind_separator = b"(?<=%b)" % re.escape(characters.element)
    tags.append(rb"UNA[^0-9A-Za-z]")
    return spell(tags, behind_separator, _IS_INTERCHANGE, characters, characters.release or b"")


class _Interchange(InterchangeReader):
    header_tag = "UNB"
    message_type = EdifactMessage

    def __init__(self, source: Source, opened: EdifactInterchange, tally: Tally) -> None:
        super().__init__(source, opened.delimiters, opened.offset, _patterns(opened.delimiters))
        self.opened, self.characters = opened, opened.delimiters
        self.group: EdifactGroup | None = None
        self.loose = 0  # messages outside of groups, before the messages that are counted now
        self.first_type = ""
        self.mixed_at: int | None = None
        self.findings += check_header(opened)
        if tally.repeats(f"{opened.sender}>{opened.receiver}>{opened.control_number}"):
            number, text = opened.control_number, f"0020 {opened.control_number} came twice in this file"
            self.findings.append(differs("interchange-duplicate", text, "UNB", 5, "0020", opened.places, number))

    def read(self) -> Iterator[Iterable[Event]]:
        source = self.source
        while source.skip_blanks():
            source.need(max(source.harmless, _LONGEST_TAG))  # what may be taken in a run is there to its end
            if self.patterns.is_message.match(source.data, source.at):
                start = source.at
                if not self.groups:
                    yield self.take_tidy_messages()
                if source.at == start:
                    yield (self._message(),)
                continue
            if _IS_INTERCHANGE.match(source.data, source.at):
                code, text = "interchange-interrupted", "the next interchange begins before the UNZ of this one"
                break
            (tag, *elements), places = self._segment()
            if tag == "UNZ":
                yield self._close_group(None)
                yield (self._close(elements, places),)
                return
            if tag == "UNG":
                yield self._close_group(None)
                yield (self._open_group(elements, places),)
            elif tag == "UNE":
                yield self._close_group(elements, places)
            elif tag:  # an empty segment says nothing
                self.pass_over(tag, places[0])
        else:
            code, text = "interchange-unfinished", "the interchange has no UNZ"
        yield self._close_group(None)
        self.note(code, text, tag="UNZ", offset=source.offset, expected="UNZ")
        yield (self._finished(),)

    def _segment(self) -> tuple[list[str], tuple[int, ...]]:
        """The elements of the segment under the reader, tag first, and where they stand."""
        offset, end = self.source.offset, self.end_of_segment(0)
        raw = self.source.take(end).rstrip(BLANKS)
        self.source.at += not self.unterminated
        return split_segment(raw, offset, self.characters)

    def _open_group(self, elements: list[str], places: tuple[int, ...]) -> EdifactGroup:
        self.groups += 1
        self.message_numbers, self.first_type = Tally(), ""
        if self.loose and self.mixed_at is None:
            self.mixed_at = places[0]
        group = EdifactGroup(tuple(elements), places[0], self.groups, (), self.characters)
        findings = list(check_group(group, places, self.opened.syntax))
        if self.group_numbers.repeats(group.control_number):
            text = f"0048 {group.control_number} came twice in this interchange"
            findings.append(differs("group-duplicate", text, "UNG", 5, "0048", places, group.control_number))
        self.group = replace(group, findings=tuple(findings))
        return self.group

    def _close_group(self, trailer: list[str] | None, places: Sequence[int] = ()) -> Iterator[GroupClosed]:
        group, self.group = self.group, None
        counted, self.messages = self.messages, 0
        if group is None:
            self.loose += counted
            if trailer is not None:
                self.note("group-stray", "UNE without a UNG before it", tag="UNE", offset=places[0])
            return
        self.message_numbers = Tally()
        found = list(group.findings)
        declared, reference = self._spoken(trailer or ())
        if trailer is None:
            text = f"group {group.control_number} has no UNE"
            found.append(find("group-unfinished", text, tag="UNE", offset=self.source.offset, expected="UNE"))
        else:
            if reference != group.control_number:
                text = f"UNE repeats 0048 as {reference!r}, UNG has {group.control_number!r}"
                found.append(differs("group-reference-differs", text, "UNE", 2, "0048", places, reference))
            if not same_number(declared, str(counted)):
                text = f"UNE says {declared or 'nothing'}, counted {counted} messages"
                found.append(differs("message-count-differs", text, "UNE", 1, "0060", places, declared))
        if not counted:
            found.append(find("group-empty", "no message in the group", offset=group.offset))
        yield GroupClosed(group, declared or str(counted), counted, tuple(found))

    def _spoken(self, trailer: Sequence[str]) -> tuple[str, str]:
        """Count and reference of a trailer."""
        count, reference = (speak(element, self.characters) for element in (*trailer, "", "")[:2])
        return count, reference

    def _close(self, trailer: list[str], places: Sequence[int]) -> InterchangeClosed:
        declared, reference = self._spoken(trailer)
        if reference != self.opened.control_number:
            text = f"UNZ repeats 0020 as {reference!r}, UNB has {self.opened.control_number!r}"
            self.findings.append(differs("interchange-reference-differs", text, "UNZ", 2, "0020", places, reference))
        # Of groups where there are any, else of messages (ISO 9735, 0036).
        counted, code = (self.groups, "group-count-differs") if self.groups else (self.loose, "message-count-differs")
        if not same_number(declared, str(counted)):
            text = f"UNZ says {declared or 'nothing'}, counted {counted} {'groups' if self.groups else 'messages'}"
            self.findings.append(differs(code, text, "UNZ", 1, "0036", places, declared))
        if self.unterminated:
            self.note("segment-unterminated", "the last segment has no terminator", tag="UNZ", offset=places[0])
        return self._finished()

    def _finished(self) -> InterchangeClosed:
        if not (self.groups or self.loose):
            empty = find("interchange-empty", "neither a group nor a message in it", offset=self.opened.offset)
            self.findings.append(replace(empty, severity=Severity.REJECT))  # in X12 it may hold a TA1
        if self.mixed_at is not None:
            text = "messages with and without a group in one interchange"
            self.findings.append(find("groups-mixed", text, offset=self.mixed_at))
        return InterchangeClosed(self.opened, self.groups, tuple(self.findings))

    def _message(self) -> EdifactMessage:
        offset = self.source.offset
        raw, is_finished = self.take_message()
        message = EdifactMessage(raw, offset, self.characters, self.group)
        flaws: list[Finding] = []
        if not is_finished:
            due = self.source.offset
            flaws.append(find("message-unfinished", "the message has no UNT", tag="UNT", offset=due, expected="UNT"))
        flaws.extend(self._count(message))
        return replace(message, flaws=tuple(flaws)) if flaws else message

    def _count(self, message: EdifactMessage) -> Iterator[Finding]:
        """Take the message into account, with what is wrong about it among the others."""
        self.messages += 1
        if self.group is None:
            if self.groups and self.mixed_at is None:
                self.mixed_at = message.offset
        else:
            self.first_type = self.first_type or message.type
            if message.type != self.first_type:
                yield message_mixed(message.type, self.first_type, message.locate(1, 2))
        number = message.control_number
        if self.message_numbers.repeats(number):
            text, at = f"0062 {number} came twice in this interchange or group", message.locate(1, 1)
            yield find("message-duplicate", text, segment=1, tag="UNH", element=1, number="0062", offset=at)
