"""A file as an interchange: its numbers, its counts, and the messages in it."""

from collections.abc import Callable, Iterator
from itertools import pairwise

from tests.judge import edifact, x12
from tests.judge.documents import Document, Interchange
from tests.judge.segments import Segment, is_x12, messages_of, segments_of


def interchange_of(data: bytes) -> Interchange:
    """The interchange in a file. Raises ValueError where there is none."""
    segments = segments_of(data)
    return _x12(segments) if is_x12(segments) else _edifact(segments)


def _x12(segments: list[Segment]) -> Interchange:
    isa, iea = segments[0], segments[-1]
    groups = [one for one in segments if one.tag == "GS"]
    messages = messages_of(segments)
    faults = [fault for message in messages for fault in _trailer_faults(message, "SE", 2, 1)]
    for group, trailer, part in _groups(segments):
        inside = sum(one.tag == "ST" for one in part)
        faults += _count_faults("GE", trailer.at(1), inside)
        faults += _number_faults("GE", trailer.at(2), group.at(6))
    faults += _count_faults("IEA", iea.at(1), len(groups))
    faults += _number_faults("IEA", iea.at(2), isa.at(13))
    parties = (f"{isa.at(5)}:{isa.at(6).strip()}", f"{isa.at(7)}:{isa.at(8).strip()}", isa.at(15))
    documents = tuple(_documents(messages, x12.document_of, faults))
    return Interchange(parties, isa.at(13), tuple(group.at(6) for group in groups), documents, tuple(faults))


def _groups(segments: list[Segment]) -> list[tuple[Segment, Segment, list[Segment]]]:
    """Each group's header, trailer (an empty one where it has none) and everything between."""
    heads = [place for place, one in enumerate(segments) if one.tag == "GS"]
    found = []
    for start, end in pairwise([*heads, len(segments)]):
        part = segments[start:end]
        found.append((part[0], next((one for one in part if one.tag == "GE"), Segment("GE", ())), part))
    return found


def _edifact(segments: list[Segment]) -> Interchange:
    unb, unz = segments[0], segments[-1]
    messages = messages_of(segments)
    faults = [fault for message in messages for fault in _trailer_faults(message, "UNT", 1, 1)]
    faults += _count_faults("UNZ", unz.at(1), len(messages))
    faults += _number_faults("UNZ", unz.at(2), unb.at(5))
    parties = (f"{unb.at(2, 2)}:{unb.at(2)}", f"{unb.at(3, 2)}:{unb.at(3)}", unb.at(11))
    documents = tuple(_documents(messages, edifact.document_of, faults))
    return Interchange(parties, unb.at(5), (), documents, tuple(faults))


def _documents(
    messages: list[list[Segment]], read: Callable[[list[Segment]], Document], faults: list[str]
) -> Iterator[Document]:
    """What the messages say; one that cannot be read says nothing, and is a fault."""
    for message in messages:
        try:
            yield read(message)
        except ValueError as error:
            faults.append(f"a message cannot be read: {error}")


def _trailer_faults(message: list[Segment], tag: str, header_place: int, count_place: int) -> list[str]:
    """SE01 or UNT 0074 counts from header to trailer; the numbers of both are the same."""
    trailer = message[-1]
    if trailer.tag != tag:
        return [f"a message has no {tag}"]
    counted = _count_faults(tag, trailer.at(count_place), len(message))
    return [*counted, *_number_faults(tag, trailer.at(2), message[0].at(header_place))]


def _count_faults(tag: str, said: str, counted: int) -> list[str]:
    return [] if said == str(counted) else [f"{tag} counts {said}, there are {counted}"]


def _number_faults(tag: str, said: str, wanted: str) -> list[str]:
    return [] if said == wanted else [f"{tag} has the number {said}, its header {wanted}"]
