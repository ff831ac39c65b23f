"""Who sent this, and whether he sends such things: partners by (their id, our id, test flag), messages by guide."""

from collections.abc import Iterator

from gateway.config import Identity, Partner
from gateway.findings import Finding, find
from gateway.pipeline.desk import Desk
from gateway.syntax.edifact_envelope import EdifactInterchange
from gateway.syntax.edifact_message import EdifactMessage
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Group, Interchange
from gateway.transports.base import Arrival


def find_partner(interchange: Interchange, arrival: Arrival, desk: Desk) -> Partner | Finding:
    """Who sent this to whom, by (their id, our id, test flag), if he may use this channel."""
    opened, partners = interchange.opened, desk.config.partners.values()
    theirs, ours = (Identity(*party.split(":", 1)) for party in (opened.sender, opened.receiver))
    found = desk.config.partner_of(theirs, ours, test=opened.is_test)
    is_edifact = isinstance(opened, EdifactInterchange)
    place = {"tag": "UNB" if is_edifact else "ISA", "offset": opened.offset}
    from_, to, flagged = (2, 3, 11) if is_edifact else (6, 8, 15)
    if found is not None:
        if arrival.channel == (channel := desk.config.channel_of(found.name)).name:
            return found
        text = f"{found.name} does not use channel {arrival.channel}; its files come through {channel.name}"
        return find("sender-unknown", text, element=from_, value=opened.sender, **place)
    if all(partner.theirs != theirs for partner in partners):
        return find(
            "sender-unknown", f"no partner has the id {opened.sender}", element=from_, value=opened.sender, **place
        )
    if all((partner.theirs, partner.ours) != (theirs, ours) for partner in partners):
        text = f"{opened.sender} sends to {opened.receiver}, which is none of our ids with that partner"
        return find("receiver-unknown", text, element=to, value=opened.receiver, **place)
    flag = "test" if opened.is_test else "live"
    text = f"{flag} data from {opened.sender}, which is configured for the other kind only"
    return find("test-flag-differs", text, element=flagged, value="1" if is_edifact else opened.elements[14], **place)


def check_versions(group: Group, partner: Partner, desk: Desk) -> Iterator[Finding]:
    """A version of X12 that the guide does not speak, for a message that it does: the group's GS08 says which."""
    for message in group.messages:
        if not group.opened.elements or isinstance(message, EdifactMessage):
            return
        use = desk.guide(partner).messages.get(message.type)
        if use is not None and use.version != message.version:
            text = f"{message.type} in version {group.opened.version}, the guide speaks {use.version}"
            place = {"tag": "GS", "element": 8, "offset": group.opened.offset, "value": group.opened.version}
            yield find("version-unknown", text, **place)
            return


def check_message(message: Message, partner: Partner, desk: Desk) -> tuple[Finding, ...]:
    """Whether such a message can come from this partner: one of the standard, in a version that the guide speaks."""
    guide = desk.guide(partner)
    header = {"segment": 1, "tag": "UNH" if isinstance(message, EdifactMessage) else "ST", "offset": message.offset}
    if isinstance(message, EdifactMessage) and has_guide(message, partner, desk):
        use = guide.messages[message.type]
        if message.type != "CONTRL" and use.version != message.version:
            text = f"{message.type} of {message.version.upper()}, the guide speaks {use.version.upper()}"
            return (find("version-unknown", text, element=2, component=2, value=message.version, **header),)
        return ()
    if has_guide(message, partner, desk) or message.type in desk.mappings.known_messages(guide.standard):
        return ()
    text = f"{message.type or 'a message without a type'} is no message that {partner.guide} or its standard knows"
    return (find("message-type-unknown", text, element=1, value=message.type, **header),)


def has_guide(message: Message, partner: Partner, desk: Desk) -> bool:
    """Whether the guide says how such a message from the partner is read."""
    return desk.guide(partner).takes(message.type)
