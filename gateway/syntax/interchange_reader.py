"""What reading an interchange is alike in, X12 or EDIFACT: taking its messages, and keeping what is wrong with it.

Tidy messages, as nearly all are, are taken in long runs: one search over the window finds the end of each. Whatever
that search stops at is taken step by step: from its header the reader looks for the next envelope segment behind a
terminator, and all between is the message.
"""

import re
from collections.abc import Iterator
from typing import ClassVar

from gateway.findings import Finding, find
from gateway.syntax.delimiters import Delimiters
from gateway.syntax.envelope import Tally
from gateway.syntax.envelope_patterns import EnvelopePatterns
from gateway.syntax.message import GroupOpened, Message
from gateway.syntax.source import Source

_STRAY_SHOWN = 20


class InterchangeReader:
    """Reads one interchange behind its header, keeping count of what the trailers must say.

    `messages` are counted within the group that is open, or outside of any.
    """

    header_tag: ClassVar[str]
    message_type: ClassVar[type[Message]]
    group: GroupOpened | None

    def __init__(self, source: Source, delimiters: Delimiters, offset: int, patterns: EnvelopePatterns) -> None:
        self.source, self.delimiters, self.begins_at, self.patterns = source, delimiters, offset, patterns
        self.groups = self.messages = self.stray = 0
        self.group_numbers, self.message_numbers = Tally(), Tally()
        self.findings: list[Finding] = []
        self.unterminated = False

    def note(self, code: str, message: str, **place: object) -> None:
        self.findings.append(find(code, message, **{"offset": self.begins_at, "tag": self.header_tag, **place}))

    def pass_over(self, tag: str, offset: int) -> None:
        self.stray += 1
        if self.stray <= _STRAY_SHOWN:
            self.note("segment-outside-message", f"{tag[:8]!r} between messages or groups", tag=tag[:3], offset=offset)

    def take_tidy_messages(self) -> Iterator[Message]:
        """The run of tidy messages under the reader, of which there is nothing to say; it stands behind them then.

        A run ends where a message is not tidy, or does not count on from the one before it, or might pass a limit.
        """
        source, make, delimiters, group = self.source, self.message_type, self.delimiters, self.group
        data, start, is_plain, harmless = source.data, source.at, source.is_plain, source.harmless
        before, due, taken = source.offset - start, 0, 0
        header = self.patterns.tidy_header.match(data, start)
        if header is None:
            return
        number: bytes = header[1]
        tidy_end = self.patterns.tidy_end if is_plain else self.patterns.tidy_end_of_lines
        for found in tidy_end.finditer(data, header.end()):
            following: bytes | None = found[2]
            if following is None and found[3] is None:
                break
            end = found.end()
            if end - start > harmless:
                break
            if taken:
                due += 1
            elif self.message_numbers.repeats(number.decode()):
                break
            else:
                due = self.message_numbers.due
            taken += 1
            yield make(data[start:end], before + start, delimiters, group, (), True, is_plain)
            start = end
            if following is None or int(following) != due or len(following) != len(number):
                break
            if not is_plain:
                start = found.end(1)
        source.at = start
        self.messages += taken
        self.message_numbers.count_to(due)

    def take_message(self) -> tuple[bytes, bool]:
        """The bytes of the message under the reader, whatever it is like, and whether it ends in its trailer."""
        source, terminator, behind = self.source, self.delimiters.terminator, 0
        while (found := self._envelope_segment(behind)) is None:
            source.keep_limits(source.ahead, terminator)
            behind = max(source.data.rfind(terminator, source.at) - source.at, 0)
            if not source.grow():
                return source.take_message(source.ahead, terminator, self.delimiters.element), False
        length, is_finished = found.start(1) - source.at, found[2] is not None
        if is_finished:
            length = self.end_of_segment(length)
            length += 0 if self.unterminated else len(terminator)
        source.keep_limits(length, terminator)
        return source.take_message(length, terminator, self.delimiters.element), is_finished

    def end_of_segment(self, start: int) -> int:
        """How far ahead, from `start` on, a terminator stands that is not released; the end of the file without one."""
        source, terminator = self.source, self.delimiters.terminator
        while True:
            at = source.data.find(terminator, source.at + start)
            while at >= 0 and self.delimiters.is_released(source.data, at, source.at):
                at = source.data.find(terminator, at + 1)
            ahead = (at if at >= 0 else len(source.data)) - source.at
            source.keep_limits(ahead, terminator)
            if at >= 0:
                return ahead
            start = max(ahead - len(terminator) + 1, start)
            if not source.grow():
                self.unterminated = True
                return ahead

    def _envelope_segment(self, behind: int) -> re.Match[bytes] | None:
        """The next segment of an envelope whose terminator before it is not released."""
        source = self.source
        for found in self.patterns.ends_message.finditer(source.data, source.at + behind):
            if not self.delimiters.is_released(source.data, found.start(), source.at):
                return found
        return None
