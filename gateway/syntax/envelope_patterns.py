"""What the segments of an envelope look like under some delimiters, as regular expressions over the bytes.

Tidy is a message with its header and trailer unbroken, none of whose segments is empty, begins with a blank or is of
the envelope. The search for the end of one looks at nothing but terminators and the few bytes behind each, and stops
at the first that is odd. All repetition is possessive: no input is read twice.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from gateway.syntax.delimiters import Delimiters


@dataclass(frozen=True)
class EnvelopePatterns:
    """For one standard and one set of delimiters.

    `ends_message` finds whatever ends a message behind a terminator: its trailer (group 2) or, where that is missing,
    what stands instead. `tidy_header` is the header of a tidy message without its terminator, its group the control
    number. `spell_end` is asked how many line breaks may stand behind a terminator.
    """

    is_message: re.Pattern[bytes]
    is_interchange: re.Pattern[bytes]
    ends_message: re.Pattern[bytes]
    tidy_header: re.Pattern[bytes]
    spell_end: Callable[[bytes], bytes]

    @cached_property
    def tidy_end(self) -> re.Pattern[bytes]:
        """Finds the next terminator behind which the trailer of a tidy message stands, or something odd.

        The trailer is taken with it. The groups are the place and the control number of the message that follows, if
        that begins as it should and its number is 18 digits at most, or else a place alone, the third. What is odd has
        no groups. This is for data without line breaks.
        """
        return re.compile(self.spell_end(b""))

    @cached_property
    def tidy_end_of_lines(self) -> re.Pattern[bytes]:
        """The same where there are line breaks, at most two behind each terminator."""
        return re.compile(self.spell_end(b"{0,2}+"))


def spell(
    tags: Sequence[bytes],
    between: bytes,
    is_interchange: re.Pattern[bytes],
    delimiters: Delimiters,
    release: bytes = b"",
) -> EnvelopePatterns:
    """The patterns for `tags`, which are patterns with what stands behind each, the message's trailer and header first.

    `between` is a pattern of what stands between the header's tag and the control number. Where there is a release
    character, a terminator that is released is held to the same as the others, which is stricter.
    """
    trailer, header, *_ = tags
    noise, element, end, blanks, broken = map(
        re.escape,
        (delimiters.noise, delimiters.element, delimiters.terminator, delimiters.blanks, release + delimiters.noise),
    )
    numbered = b"%b%b(%b)(?=[%b%b])[^%b%b]*+(?=%b)" % (header, between, b"%b", element, end, broken, end, end)
    # Looking back at the byte behind a terminator is much cheaper than looking ahead at it.
    begins = b"[%b \t%b%b]" % (b"".join({tag[:1] for tag in tags}), noise, end)
    behind = [b"(?<=%b)%b" % (tag[:1], tag[1:]) for tag in tags]
    odd = b"|".join((b"(?<=[ \t%b%b])" % (noise, end), *behind))

    def spell_end(times: bytes) -> bytes:
        line_break = b"[%b]%b" % (noise, times) if times else b""
        lines = [b"[%b]" % noise * count for count in range(3 if times else 1)]
        unbroken = b"".join(b"(?<![%b]%b%b%b)" % (broken, end, line, begins) for line in lines)
        follows = b"(?:(?=%b()%b)|())" % (line_break, numbered % b"[0-9]{1,18}+")
        last = b"%b%b(?<=%b)[^%b%b]*+%b%b" % (unbroken, behind[0], element, broken, end, end, follows)
        return b"%b%b%b(?:%b|%b)" % (end, line_break, begins, last, odd)

    one_byte = len(delimiters.terminator) == 1
    return EnvelopePatterns(
        re.compile(header),
        is_interchange,
        re.compile(b"%b[%b]*+((%b)|%b)" % (end, blanks, trailer, b"|".join(tags[1:]))),
        re.compile(numbered % b"[0-9A-Za-z]++" if one_byte else b"(?!)"),
        spell_end,
    )
