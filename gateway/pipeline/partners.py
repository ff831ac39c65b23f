"""Who sent this, and whether he sends such things: partners by (their id, our id, test flag), messages by guide."""

from gateway.config import Identity, Partner
from gateway.findings import Finding
from gateway.grammar.admission import Kinds, Taken, judge_group, judge_message, refuse_header
from gateway.pipeline.desk import Desk
from gateway.pipeline.dispatching import ANSWERS
from gateway.syntax.envelope import Message
from gateway.syntax.interchanges import Group, Interchange
from gateway.transports.base import Arrival


def find_partner(interchange: Interchange, arrival: Arrival, desk: Desk) -> Partner | Finding:
    """Who sent this to whom, by (their id, our id, test flag), if he may use this channel."""
    opened, partners = interchange.opened, desk.config.partners.values()
    theirs, ours = (Identity(*party.split(":", 1)) for party in (opened.sender, opened.receiver))
    found = desk.config.partner_of(theirs, ours, test=opened.is_test)
    if found is not None:
        if arrival.channel == (channel := desk.config.channel_of(found.name)).name:
            return found
        text = f"{found.name} does not use channel {arrival.channel}; its files come through {channel.name}"
        return refuse_header(opened, "sender-unknown", text, opened.sender)
    if all(partner.theirs != theirs for partner in partners):
        return refuse_header(opened, "sender-unknown", f"no partner has the id {opened.sender}", opened.sender)
    if all((partner.theirs, partner.ours) != (theirs, ours) for partner in partners):
        text = f"{opened.sender} sends to {opened.receiver}, which is none of our ids with that partner"
        return refuse_header(opened, "receiver-unknown", text, opened.receiver)
    flag = "test" if opened.is_test else "live"
    text = f"{flag} data from {opened.sender}, which is configured for the other kind only"
    return refuse_header(opened, "test-flag-differs", text)


def check_group(group: Group, partner: Partner, desk: Desk) -> tuple[Finding, ...]:
    """Whether such a group can come from this partner: of a kind there is, in a version that the guide speaks."""
    return tuple(judge_group(group, _taken(partner, desk), _kinds(partner, desk)))


def check_message(message: Message, partner: Partner, desk: Desk) -> tuple[Finding, ...]:
    """Whether such a message can come from this partner: in its group, of the standard, as the guide speaks it."""
    known = desk.mappings.known_messages(desk.guide(partner).standard)
    return tuple(judge_message(message, _taken(partner, desk), _kinds(partner, desk), known))


def has_guide(message: Message, partner: Partner, desk: Desk) -> bool:
    """Whether the guide says how such a message from the partner is read."""
    return desk.guide(partner).takes(message.type)


def _taken(partner: Partner, desk: Desk) -> Taken:
    """The versions in which the guide takes each message; answers are taken in any, for their versions read alike."""
    guide = desk.guide(partner)
    uses = {kind: use.version for kind, use in guide.messages.items() if guide.takes(kind)}
    return {kind: () if kind in ANSWERS else (version,) for kind, version in uses.items()}


def _kinds(partner: Partner, desk: Desk) -> Kinds:
    return desk.mappings.grammars.kinds() if desk.guide(partner).standard == "x12" else {}
