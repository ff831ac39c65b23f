"""Interchanges gathered as wholes: groups with their messages, findings at their level, a fingerprint for repeats."""

from gateway.findings import Severity
from gateway.syntax.envelope import Limits, Unreadable
from gateway.syntax.interchanges import Interchange, gather
from gateway.syntax.x12 import read

ISA = "ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5551234567     *261120*2101*U*00401*000000101*0*P*>~"
GS = "GS*PO*AMAZON*5551234567*20261120*2101*101*X*004010~"
MESSAGE = "ST*850*0001~BEG*00*NE*4XK7PL2Q**20261120~SE*3*0001~"
SOUND = ISA + GS + MESSAGE + "GE*1*101~IEA*1*000000101~"


def gathered(text: str, limits: Limits | None = None) -> list[Interchange | Unreadable]:
    return list(gather(read([text.encode()], limits)))


def only(text: str) -> Interchange:
    (interchange,) = gathered(text)
    assert isinstance(interchange, Interchange)
    return interchange


def test_an_interchange_holds_its_groups_and_they_their_messages() -> None:
    interchange = only(SOUND)
    assert [[message.type for message in group.messages] for group in interchange.groups] == [["850"]]
    assert interchange.groups[0].declared == "1"
    assert interchange.is_sound
    assert interchange.key == "ZZ:AMAZON>ZZ:5551234567 P 000000101 PO101"


def test_test_data_has_another_key() -> None:
    assert only(SOUND.replace("*P*>", "*T*>")).key == "ZZ:AMAZON>ZZ:5551234567 T 000000101 PO101"


def test_answers_to_our_interchanges_are_kept() -> None:
    interchange = only(ISA + "TA1*000000007*261119*2101*A*000~IEA*0*000000101~")
    assert [answer.elements[0] for answer in interchange.answers] == ["000000007"]


def test_a_fault_of_the_envelope_makes_it_unsound_and_a_fault_of_a_group_does_not() -> None:
    assert not only(SOUND.replace("IEA*1*000000101", "IEA*1*000000102")).is_sound
    group_at_fault = only(SOUND.replace("GE*1*101", "GE*1*102"))
    assert group_at_fault.is_sound
    assert [finding.code for finding in group_at_fault.groups[0].findings] == ["group-reference-differs"]


def test_a_message_outside_a_group_is_a_fault_of_the_interchange() -> None:
    interchange = only(ISA + MESSAGE + "IEA*0*000000101~")
    assert [finding.code for finding in interchange.findings] == ["message-outside-group", "interchange-empty"]
    assert not interchange.is_sound


def test_what_was_odd_about_the_isa_is_kept() -> None:
    interchange = only(SOUND.replace("AMAZON         ", "AMAZON"))
    assert [(finding.code, finding.severity) for finding in interchange.findings] == [("isa-width", Severity.WARN)]


def test_line_breaks_and_padding_do_not_change_the_fingerprint_and_content_does() -> None:
    fingerprint = only(SOUND).fingerprint
    assert only(SOUND.replace("~", "~\r\n")).fingerprint == fingerprint
    assert only(SOUND.replace("AMAZON         ", "AMAZON")).fingerprint == fingerprint
    assert only(SOUND.replace("4XK7PL2Q", "4XK7PL2R")).fingerprint != fingerprint


def test_what_belongs_to_no_interchange_stands_beside_them_in_order() -> None:
    kinds = [type(part) for part in gathered("rubbish\n" + SOUND + "rubbish\n" + SOUND)]
    assert kinds == [Unreadable, Interchange, Unreadable, Interchange]


def test_an_interchange_in_which_reading_had_to_stop_is_not_sound() -> None:
    stop, interchange = gathered(SOUND.replace("4XK7PL2Q", "X" * 300), Limits(segment=200))
    assert isinstance(stop, Unreadable)
    assert isinstance(interchange, Interchange)
    assert [finding.code for finding in interchange.findings] == ["interchange-unfinished"]
    assert not interchange.is_sound
