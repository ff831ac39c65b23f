"""What pydifact reads in the same bytes, laid beside what we read: a second opinion on a file somebody argues about.

Only the segments of messages are compared, UNH to UNT: pydifact judges little of envelopes and knows no groups. Where
the two differ a line begins with `-` (ours alone) or `+` (pydifact's alone); a bar stands between repetitions that were
told apart.
"""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from gateway.errors import InputError
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Event

_ENVELOPES = frozenset({"UNA", "UNB", "UNG", "UNE", "UNZ"})
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError)

# Elements of a segment, each with its repetitions, each with its components; the tag is the first.
Segment = tuple[tuple[tuple[str, ...], ...], ...]


@dataclass(frozen=True)
class Opinion:
    """What pydifact read: segments, what it warned of, and why it stopped, if it did."""

    segments: tuple[Segment, ...]
    remarks: tuple[str, ...] = ()
    failure: str = ""


def ask_pydifact(data: bytes, messages: Sequence[EdifactMessage]) -> Opinion:
    """What pydifact reads in a file; `messages` are ours. Raises InputError where there is no EDIFACT message in it."""
    # Imported here, for it is slow to load and nothing else needs it.
    from pydifact.exceptions import EDISyntaxError, MissingImplementationWarning
    from pydifact.segmentcollection import RawSegmentCollection

    if not messages:
        raise InputError("there is no EDIFACT message in it, and pydifact reads nothing else")
    text = data.decode(messages[0].delimiters.encoding_of(data))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        # It says of every service segment that its directory has no class for it, which is so by design.
        warnings.simplefilter("ignore", MissingImplementationWarning)
        try:
            found = RawSegmentCollection.from_str(text).segments
        except (EDISyntaxError, *_UNREADABLE) as wrong:
            return Opinion((), _remarks(caught), f"{type(wrong).__name__}: {wrong}")
    read = (_trimmed([[[each.tag]], *(_repetitions(element) for element in each.elements)]) for each in found)
    return Opinion(tuple(segment for segment in read if segment[0][0][0] not in _ENVELOPES), _remarks(caught))


def our_segments(messages: Sequence[EdifactMessage]) -> tuple[Segment, ...]:
    """The segments of our messages in the same shape."""
    return tuple(_ours(text, message) for message in messages for text in message.segments)


def edifact_messages(events: Iterator[Event] | Sequence[Event]) -> list[EdifactMessage]:
    """The EDIFACT messages among the events of a file."""
    return [event for event in events if isinstance(event, EdifactMessage)]


def compare(ours: Sequence[Segment], theirs: Sequence[Segment], *, all_of_them: bool) -> Iterator[str]:
    """Both readings in lines: those that differ, or all of them."""
    for kind, start, end, from_, to in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from (f"  {_shown(segment)}" for segment in ours[start:end] if all_of_them)
            continue
        yield from (f"- {_shown(segment)}" for segment in ours[start:end])
        yield from (f"+ {_shown(segment)}" for segment in theirs[from_:to])


def _ours(text: str, message: EdifactMessage) -> Segment:
    element, component, _, repetition = message.marks
    elements = ([each] if not repetition else each.split(repetition) for each in text.split(element))
    return _trimmed([[each.split(component) for each in repetitions] for repetitions in elements])


def _repetitions(element: str | list[str]) -> list[list[str]]:
    return [[element] if isinstance(element, str) else list(element)]


def _trimmed(elements: Sequence[Sequence[Sequence[str]]]) -> Segment:
    """Without trailing empty components and elements, which say nothing."""
    kept = [tuple(_without_end(components) for components in repetitions) for repetitions in elements]
    while kept and not any(kept[-1]):
        kept.pop()
    return tuple(kept)


def _without_end(components: Sequence[str]) -> tuple[str, ...]:
    kept = list(components)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _shown(segment: Segment) -> str:
    return "+".join("|".join(":".join(components) for components in repetitions) for repetitions in segment)


def _remarks(caught: Sequence[warnings.WarningMessage]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(warning.message) for warning in caught))
