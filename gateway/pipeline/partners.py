"""Who sent this, and whether he sends such things: partners by (their id, our id, test flag), messages by guide."""

from collections.abc import Iterator

from gateway.config import Identity, Partner
from gateway.findings import Finding, find
from gateway.pipeline.desk import Desk
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Group, Interchange
from gateway.transports.base import Arrival


def find_partner(interchange: Interchange, arrival: Arrival, desk: Desk) -> Partner | Finding:
    """Who sent this to whom, by (their id, our id, test flag), if he may use this channel."""
    opened, partners = interchange.opened, desk.config.partners.values()
    theirs, ours = (Identity(*party.split(":", 1)) for party in (opened.sender, opened.receiver))
    found = desk.config.partner_of(theirs, ours, test=opened.is_test)
    place = {"tag": "ISA", "offset": opened.offset}
    if found is not None:
        if arrival.channel == (channel := desk.config.channel_of(found.name)).name:
            return found
        text = f"{found.name} does not use channel {arrival.channel}; its files come through {channel.name}"
        return find("sender-unknown", text, element=6, value=opened.sender, **place)
    if all(partner.theirs != theirs for partner in partners):
        return find("sender-unknown", f"no partner has the id {opened.sender}", element=6, value=opened.sender, **place)
    if all((partner.theirs, partner.ours) != (theirs, ours) for partner in partners):
        text = f"{opened.sender} sends to {opened.receiver}, which is none of our ids with that partner"
        return find("receiver-unknown", text, element=8, value=opened.receiver, **place)
    flag = "test" if opened.is_test else "live"
    text = f"{flag} data from {opened.sender}, which is configured for the other kind only"
    return find("test-flag-differs", text, element=15, value=opened.elements[14], **place)


def check_versions(group: Group, partner: Partner, desk: Desk) -> Iterator[Finding]:
    """A version of the standard that the guide does not speak, for a message that it does."""
    for message in group.messages:
        use = desk.guide(partner).messages.get(message.type)
        if use is not None and use.version != message.version:
            text = f"{message.type} in version {group.opened.version}, the guide speaks {use.version}"
            place = {"tag": "GS", "element": 8, "offset": group.opened.offset, "value": group.opened.version}
            yield find("version-unknown", text, **place)
            return


def check_message(message: Message, partner: Partner, desk: Desk) -> tuple[Finding, ...]:
    """Whether this partner sends such messages at all."""
    if desk.guide(partner).takes(message.type):
        return ()
    text = f"{message.type or 'a message without a type'} is not among the messages that {partner.guide} sends us"
    place = {"segment": 1, "tag": "ST", "element": 1, "offset": message.offset, "value": message.type}
    return (find("message-type-unknown", text, **place),)
