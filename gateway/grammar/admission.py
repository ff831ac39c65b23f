"""What is let in: whether a group or a message is one that we take, told at its place in the envelope.

Nothing inside a message is looked at. X12 names the version of the standard in the group, EDIFACT in each message; X12
has a table of which message stands in which group, an EDIFACT group holds whatever its first message is. So a fault is
the group's in one standard and the message's in the other.
"""

from collections.abc import Collection, Iterator, Mapping

from gateway.findings import Finding, find
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import GroupOpened, InterchangeOpened, Message
from gateway.syntax.interchanges import Group

Kinds = Mapping[str, str]
"""The functional group (GS01) that each message type of X12 belongs in; nothing for EDIFACT."""
Taken = Mapping[str, Collection[str]]
"""The versions in which each message type is read: `{"850": {"004010"}}`, `{"ORDERS": {"d96a"}}`; none means any."""

# Where the header of an interchange says it: element, component and data element, in ISA and in UNB.
_PLACES: dict[str, tuple[tuple[int, None, str], tuple[int, int | None, str]]] = {
    "sender-unknown": ((6, None, "I06"), (2, 1, "0004")),
    "receiver-unknown": ((8, None, "I07"), (3, 1, "0010")),
    "test-flag-differs": ((15, None, "I14"), (11, None, "0035")),
    "interchange-conflict": ((13, None, "I12"), (5, None, "0020")),
    "interchange-repeat": ((13, None, "I12"), (5, None, "0020")),
}


def refuse_header(opened: InterchangeOpened, code: str, text: str, value: str | None = None) -> Finding:
    """The finding of this code, `sender-unknown` for one, at the place where the header of an interchange says it.

    Raises KeyError for a code that is not about a header.
    """
    in_isa, in_unb = _PLACES[code]
    is_edifact = isinstance(opened, EdifactInterchange)
    tag, (element, component, number) = ("UNB", in_unb) if is_edifact else ("ISA", in_isa)
    offset = opened.places[element] if element < len(opened.places) else opened.offset
    place = {"element": element, "component": component, "number": number, "offset": offset}
    return find(code, text, tag=tag, value=value, **place)


def judge_group(group: Group, taken: Taken, kinds: Kinds) -> Iterator[Finding]:
    """Whether the group is one of X12, in a version that we read its messages in; of EDIFACT its messages tell."""
    opened = group.opened
    if not kinds or not opened.elements:
        return
    if opened.kind not in kinds.values():
        yield _in_group(opened, "group-type-unknown", 1, "479", f"GS01 is {opened.kind!r}, which no message belongs in")
        return
    for message in group.messages:
        versions = taken.get(message.type)
        if versions and kinds.get(message.type) == opened.kind and message.version not in versions:
            text = f"{message.type} in version {opened.version}, taken in {', '.join(sorted(versions))}"
            yield _in_group(opened, "version-unknown", 8, "480", text)
            return


def judge_message(message: Message, taken: Taken, kinds: Kinds, known: Collection[str] = ()) -> Iterator[Finding]:
    """Whether the message belongs in its group, and is one that we read in its version, or one `known` by name."""
    if misplaced := check_group_kind(message, kinds):
        yield misplaced
    elif message.type not in taken and message.type not in known:
        text = f"{message.type or 'a message without a type'} is not among the messages that we take"
        yield _in_message(message, "message-type-unknown", text, 1)
    elif isinstance(message, EdifactMessage):
        yield from _check_directory(message, taken.get(message.type, ()))


def check_group_kind(message: Message, kinds: Kinds) -> Finding | None:
    """The finding that a message of X12 stands in a group of another kind (ST01 against GS01); None where it does not.

    Where the group itself is of no kind we know, that is the group's fault.
    """
    due = kinds.get(message.type)
    if due is None or message.group is None or message.group.kind not in kinds.values() or message.group.kind == due:
        return None
    text = f"{message.type} in a group of {message.group.kind}, it belongs in one of {due}"
    return _in_message(message, "message-type-misplaced", text, 1)


def _check_directory(message: EdifactMessage, versions: Collection[str]) -> Iterator[Finding]:
    """S009 names version and release apart (0052, 0054): whichever it is that we do not have."""
    if versions and message.version not in versions:
        told = message.identifier[1].lower() if len(message.identifier) > 1 else ""
        component = 3 if told and any(version.startswith(told) for version in versions) else 2
        text = f"{message.type} of {message.version.upper()}, taken in {', '.join(sorted(versions)).upper()}"
        yield _in_message(message, "version-unknown", text, component)


def _in_group(opened: GroupOpened, code: str, element: int, number: str, text: str) -> Finding:
    return find(
        code, text, tag="GS", element=element, number=number, offset=opened.offset, value=opened.element(element)
    )


def _in_message(message: Message, code: str, text: str, component: int) -> Finding:
    """At ST01, or at a component of S009 in UNH."""
    if isinstance(message, EdifactMessage):
        value = message.identifier[component - 1] if component <= len(message.identifier) else ""
        place = {"tag": "UNH", "element": 2, "component": component, "number": f"00{(65, 52, 54)[component - 1]}"}
        return find(code, text, segment=1, offset=message.locate(1, 2, component), value=value, **place)
    place = {"tag": "ST", "element": 1, "number": "143"}
    return find(code, text, segment=1, offset=message.locate(1, 1), value=message.type, **place)
