"""The judge finds nothing in the golden conversations, and exactly the one thing that is put wrong in them.

A mutation replaces text of one file and then sets right what it did not mean to break: the count in SE or UNT.
"""

import ast
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

import pytest

from tests.judge.judgement import judge_folder
from tests.judge.notices import is_sscc
from tests.judge.segments import segments_of

GOLDEN = Path(__file__).parents[2] / "samples" / "golden"
PACKS = {"10099999000020": 8}
STORIES = sorted(path.parent.name for path in GOLDEN.glob("*/story.toml"))

Way = Literal["sent", "received"]
Files = dict[str, tuple[Way, bytes]]


def conversation(name: str) -> Files:
    """The files between partner and gateway of a golden conversation, in order."""
    story = tomllib.loads((GOLDEN / name / "story.toml").read_text())
    listed = ((file["name"], file["direction"]) for file in story["files"])
    return {
        file: (cast("Way", way), (GOLDEN / name / file).read_bytes())
        for file, way in listed
        if way in ("sent", "received")
    }


def judged(files: Files) -> list[str]:
    return judge_folder(files.values(), PACKS)


@dataclass(frozen=True)
class Wrong:
    """What is put wrong: in a conversation's file, a text becomes another. The judge must say this alone."""

    story: str
    file: str
    old: str
    new: str
    complaint: str
    counts_again: bool = True
    times: int = -1

    def __str__(self) -> str:
        return f"{self.story}: {self.complaint}"


def changed(files: Files, wrong: Wrong) -> Files:
    """The conversation with this put wrong."""
    way, data = files[wrong.file]
    text = data.decode()
    assert wrong.old in text
    text = text.replace(wrong.old, wrong.new, wrong.times)
    return {**files, wrong.file: (way, (counted_again(text) if wrong.counts_again else text).encode())}


def counted_again(text: str) -> str:
    """The text of one message with the right number of segments in SE or UNT."""
    lines = text.splitlines()
    head = next(place for place, line in enumerate(lines) if line.startswith(("ST*", "UNH+")))
    tail = next(place for place, line in enumerate(lines) if line.startswith(("SE*", "UNT+")))
    lines[tail] = re.sub(r"^(SE\*|UNT\+)\d+", rf"\g<1>{tail - head + 1}", lines[tail])
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", STORIES)
def test_a_good_conversation_has_no_complaint(name: str) -> None:
    assert judged(conversation(name)) == []


SPLIT, CLEAN, BACK, PALLET = (
    f"x12-{name}"
    for name in ("split-acknowledgement", "clean-order", "backorder-second-shipment", "cartons-on-a-pallet")
)
EU_SPLIT, EU_CLEAN, EU_BACK = (
    f"edifact-{name}" for name in ("split-acknowledgement", "clean-order", "backorder-second-shipment")
)
REPLACED, EU_REPLACED = "x12-rejected-ship-notice", "edifact-rejected-ship-notice"
ANSWER, NOTICE, INVOICE = "06-gateway-855.edi", "09-gateway-856.edi", "12-gateway-810.edi"
EU_ANSWER, EU_NOTICE, EU_INVOICE = "06-gateway-ORDRSP.edi", "09-gateway-DESADV.edi", "12-gateway-INVOIC.edi"

WRONGS = (
    # answers
    Wrong(
        SPLIT,
        ANSWER,
        "PO1*3*6*EA*4.95*PE*VN*NWM-300~\nACK*R3*6*EA~\nCTT*3*40",
        "CTT*2*34",
        "line 3 is not answered",
    ),
    Wrong(
        SPLIT,
        ANSWER,
        "CTT*3*40",
        "PO1*4*6*EA*4.95*PE*VN*NWM-300~\nACK*R3*6*EA~\nCTT*4*46",
        "line 4 was not ordered",
    ),
    Wrong(
        SPLIT,
        ANSWER,
        "CTT*3*40",
        "PO1*3*6*EA*4.95*PE*VN*NWM-300~\nACK*R3*6*EA~\nCTT*4*46",
        "line 3 is answered more than once",
    ),
    Wrong(SPLIT, ANSWER, "ACK*IA*6*CA", "ACK*IA*5*CA", "line 2: 72 pieces are answered, 80 ordered"),
    Wrong(SPLIT, ANSWER, "PO1*1*24*EA", "PO1*1*24*CA", "line 1: repeats 24 CA, ordered 24 EA"),
    Wrong(SPLIT, ANSWER, "ACK*IB*3*CA*068*20270121", "ACK*IB*3*CA", "line 2: back-ordered without a date"),
    Wrong(SPLIT, ANSWER, "ACK*IR*", "ACK*OS*", "line 2: the code OS is not known"),
    Wrong(SPLIT, ANSWER, "VN*NWM-300", "VN*NWM-301", "line 3: item NWM-301, ordered NWM-300"),
    Wrong(SPLIT, ANSWER, "*EA*4.95*", "*EA*4.96*", "line 3: price 4.96, ordered at 4.95"),
    Wrong(SPLIT, ANSWER, "CTT*3*40", "CTT*2*40", "counts 2 for lines, there are 3"),
    Wrong(SPLIT, ANSWER, "CTT*3*40", "CTT*3*41", "counts 41 for the quantity, there are 40"),
    Wrong(SPLIT, ANSWER, "BAK*00*AC*6NX02QTA", "BAK*00*AC*6NX99QTA", "there is no such order"),
    Wrong(EU_SPLIT, EU_ANSWER, "QTY+12:25", "QTY+12:26", "line 2: 41 pieces are answered, 40 ordered"),
    Wrong(EU_SPLIT, EU_ANSWER, "DTM+11:20270118:102'\n", "", "line 2: back-ordered without a date"),
    Wrong(EU_SPLIT, EU_ANSWER, "QTY+185:5", "QTY+113:5", "line 2: the code 113 is not known"),
    Wrong(EU_SPLIT, EU_ANSWER, "CNT+2:3", "CNT+2:4", "counts 4 for lines, there are 3"),
    Wrong(EU_SPLIT, EU_ANSWER, "NWK-200:SA", "NWK-201:SA", "line 2: item NWK-201, ordered NWK-200"),
    # ship notices
    Wrong(CLEAN, NOTICE, "TD5**2*NWPX~\n", "", "no carrier (SCAC)"),
    Wrong(CLEAN, NOTICE, "REF*BM*NWB00101~\n", "", "no bill of lading"),
    Wrong(CLEAN, NOTICE, "DTM*011*20270115*0901~\n", "", "no ship date"),
    Wrong(CLEAN, NOTICE, "DTM*017*20270117~\n", "", "no day of arrival"),
    Wrong(
        "x12-collect-freight",
        "10-gateway-856.edi",
        "REF*BX*7700051234~\n",
        "",
        "order 6NX05QTA is collect freight, and there is no reference of the pick-up (ARN)",
    ),
    Wrong(PALLET, NOTICE, "MAN*GM*009999900000040113~\n", "", "carton 2 has no SSCC"),
    Wrong(CLEAN, NOTICE, "009999900000010116", "009999900000010117", "carton 1: 009999900000010117 is no SSCC"),
    Wrong(
        CLEAN,
        NOTICE,
        "TD1*CTN*5****G*61.5*LB",
        "TD1*CTN*6****G*61.5*LB",
        "counts 6 cartons and None pallets, there are 5 and 0",
    ),
    Wrong(PALLET, NOTICE, "TD1*PLT*1", "TD1*CTN*6", "counts 6 cartons and None pallets, there are 6 and 1"),
    Wrong(CLEAN, NOTICE, "CTT*12", "CTT*13", "counts 13 for levels or pieces, there are 12"),
    Wrong(
        CLEAN, NOTICE, "HL*12*11*I", "HL*13*11*I", "its HL ids are 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, not 1 to 12"
    ),
    Wrong(CLEAN, NOTICE, "HL*2*1*O", "HL*2*9*O", "HL 2 names the parent 9, which does not stand before it"),
    Wrong(CLEAN, NOTICE, "LIN*1*UP*099999000016", "LIN*1*UP*099999000023", "item 099999000023, ordered 099999000016"),
    Wrong(CLEAN, NOTICE, "SN1**24*EA", "SN1**25*EA", "order 6NX01QTA, line 1: 25 pieces shipped, 24 promised"),
    Wrong(BACK, "15-gateway-856.edi", "SN1**1*CA", "SN1**2*CA", "112 pieces shipped, 80 promised"),
    Wrong(
        BACK,
        "15-gateway-856.edi",
        "009999900000030213",
        "009999900000030114",
        "carton 1: 009999900000030114 was used on shipment NWS00301",
    ),
    Wrong(
        CLEAN,
        NOTICE,
        "009999900000010123",
        "009999900000010116",
        "carton 2: 009999900000010116 stands on another pack too",
    ),
    Wrong(REPLACED, "12-gateway-856.edi", "BSN*05*", "BSN*00*", "was sent before, and this is not a replacement"),
    Wrong(CLEAN, NOTICE, "BSN*00*", "BSN*05*", "is to replace what was never sent"),
    Wrong(EU_CLEAN, EU_NOTICE, "NAD+CA+NWSP::182'\n", "", "no carrier (SCAC)"),
    Wrong(EU_CLEAN, EU_NOTICE, "RFF+BM:NWF00101'\n", "", "no bill of lading"),
    Wrong(EU_CLEAN, EU_NOTICE, "DTM+11:20270114:102'\n", "", "no ship date"),
    Wrong(EU_CLEAN, EU_NOTICE, "DTM+132:20270116:102'\n", "", "no day of arrival"),
    Wrong(EU_CLEAN, EU_NOTICE, "PCI+33E'\nGIN+BJ+340999990000010111'\n", "", "carton 1 has no SSCC"),
    Wrong(EU_CLEAN, EU_NOTICE, "PAC+2++PK", "PAC+3++PK", "counts 3 cartons and None pallets, there are 2 and 0"),
    Wrong(EU_CLEAN, EU_NOTICE, "CNT+1:64", "CNT+1:65", "counts 65 for levels or pieces, there are 64"),
    Wrong(EU_CLEAN, EU_NOTICE, "CPS+3+1", "CPS+3+4", "CPS 3 names the parent '4', which does not stand before it"),
    Wrong(
        EU_REPLACED,
        "12-gateway-DESADV.edi",
        "NWD00601+5",
        "NWD00601+9",
        "was sent before, and this is not a replacement",
    ),
    # invoices
    Wrong(CLEAN, INVOICE, "TDS*41760", "TDS*41761", "the total 417.61 is not that of lines, charges and taxes, 417.60"),
    Wrong(CLEAN, INVOICE, "CTT*2*28", "CTT*3*28", "counts 3 for lines, there are 2"),
    Wrong(CLEAN, INVOICE, "*6NX01QTA~\nCUR", "*6NX99QTA~\nCUR", "charges several orders: 6NX99QTA, 6NX01QTA"),
    Wrong(BACK, "18-gateway-810.edi", "NWI00302", "NWI00301", "was sent before, and this is not a replacement"),
    Wrong(EU_CLEAN, EU_INVOICE, "MOA+203:201.60", "MOA+203:201.61", "line 1: 201.61 is not 24 times 8.4"),
    Wrong(
        EU_CLEAN, EU_INVOICE, "MOA+125:471.60", "MOA+125:471.61", "the net sum 471.61 is not that of lines and charges"
    ),
    Wrong(
        EU_CLEAN,
        EU_INVOICE,
        "MOA+77:561.20",
        "MOA+77:561.21",
        "the total 561.21 is not that of lines, charges and taxes",
    ),
    # envelopes
    Wrong(CLEAN, ANSWER, "SE*8*", "SE*9*", "SE counts 9, there are 8", counts_again=False),
    Wrong(CLEAN, ANSWER, "GE*1*2", "GE*2*2", "GE counts 2, there are 1"),
    Wrong(CLEAN, ANSWER, "GE*1*2", "GE*1*3", "GE has the number 3, its header 2"),
    Wrong(CLEAN, ANSWER, "IEA*1*", "IEA*2*", "IEA counts 2, there are 1"),
    Wrong(CLEAN, ANSWER, "IEA*1*000000002", "IEA*1*000000003", "IEA has the number 000000003, its header 000000002"),
    Wrong(EU_CLEAN, EU_ANSWER, "UNT+21+", "UNT+22+", "UNT counts 22, there are 21", counts_again=False),
    Wrong(EU_CLEAN, EU_ANSWER, "UNZ+1+2", "UNZ+2+2", "UNZ counts 2, there are 1"),
    Wrong(EU_CLEAN, EU_ANSWER, "UNZ+1+2", "UNZ+1+3", "UNZ has the number 3, its header 2"),
)


@pytest.mark.parametrize("wrong", WRONGS, ids=str)
def test_what_is_put_wrong_is_the_one_complaint(wrong: Wrong) -> None:
    found = judged(changed(conversation(wrong.story), wrong))
    assert len(found) == 1, found
    assert wrong.complaint in found[0]


def test_an_invoice_for_more_than_was_shipped_is_a_complaint() -> None:
    files = conversation(CLEAN)
    for old, new in (("IT1*1*24*EA", "IT1*1*25*EA"), ("TDS*41760", "TDS*42600"), ("CTT*2*28", "CTT*2*29")):
        files = changed(files, Wrong(CLEAN, INVOICE, old, new, ""))
    assert judged(files) == ["invoice NWI00101: order 6NX01QTA, line 1: 25 pieces charged, 24 shipped"]


def test_pieces_that_were_not_promised_are_a_complaint() -> None:
    files = conversation(EU_BACK)
    for old, new in (("QTY+12:10", "QTY+12:11"), ("CNT+1:10", "CNT+1:11")):
        files = changed(files, Wrong(EU_BACK, "15-gateway-DESADV.edi", old, new, ""))
    assert judged(files)[0] == "ship notice NWD00302: order 6NE03QTA, line 1: 41 pieces shipped, 40 promised"


def test_another_price_than_the_order_s_is_a_complaint() -> None:
    files = conversation(CLEAN)
    for old, new in (("*EA*8.4*", "*EA*8.45*"), ("TDS*41760", "TDS*41880")):
        files = changed(files, Wrong(CLEAN, INVOICE, old, new, ""))
    assert judged(files) == ["invoice NWI00101: order 6NX01QTA, line 1: price 8.45, ordered at 8.4"]


def test_a_ship_notice_before_the_answer_is_a_complaint() -> None:
    files = [entry for name, entry in conversation(CLEAN).items() if name != ANSWER]
    assert judge_folder(files, PACKS) == ["ship notice NWS00101: order 6NX01QTA is not answered yet"]


def test_an_invoice_before_the_ship_notice_is_a_complaint() -> None:
    files = [entry for name, entry in conversation(CLEAN).items() if name != NOTICE]
    assert judge_folder(files, PACKS) == ["invoice NWI00101: order 6NX01QTA has no ship notice yet"]


def test_an_answer_that_takes_back_what_has_left_is_a_complaint() -> None:
    files = list(conversation(CLEAN).values())
    _, again = conversation(CLEAN)[ANSWER]
    less = again.replace(b"*2~", b"*9~").replace(b"000000002", b"000000009").replace(b"*2*X*", b"*9*X*")
    less = less.replace(b"ACK*IA*24*EA*068*20270115~", b"ACK*IA*12*EA*068*20270115~\nACK*IR*12*EA~")
    found = judge_folder([*files, ("sent", counted_again(less.decode()).encode())], PACKS)
    assert found == ["answer to 6NX01QTA: line 1: 12 pieces are promised, 24 have been shipped"]


def test_a_file_that_is_sent_twice_uses_its_numbers_twice() -> None:
    files = conversation(CLEAN)
    found = judge_folder([*files.values(), files["02-gateway-997.edi"]], PACKS)
    assert found == [
        "interchange 000000001: the interchange's number 000000001 does not rise",
        "interchange 000000001: the group's number 1 does not rise",
    ]


def test_a_line_that_was_never_ordered_is_a_complaint() -> None:
    files = changed(conversation(CLEAN), Wrong(CLEAN, NOTICE, "LIN*2*UK", "LIN*3*UK", "", times=1))
    until = list(files.values())[: list(files).index(NOTICE) + 1]
    assert judge_folder(until, PACKS) == ["ship notice NWS00101: order 6NX01QTA has no line 3"]


def test_a_shipment_of_nothing_is_a_complaint() -> None:
    way, data = conversation(EU_CLEAN)[EU_NOTICE]
    text = data.decode()
    empty = text[: text.index("CPS+2+1")] + "CNT+1:0'\n" + text[text.index("UNT+") :]
    empty = empty.replace("PAC+2++PK", "PAC+0++PK")
    files = {**conversation(EU_CLEAN), EU_NOTICE: (way, counted_again(empty).encode())}
    assert judged(files)[0] == "ship notice NWD00101: nothing was shipped"


def test_a_carton_with_nothing_in_it_is_a_complaint() -> None:
    wrong = Wrong(
        EU_BACK,
        "09-gateway-DESADV.edi",
        "CNT+1:",
        "CPS+3+1'\nPAC+1+:52+PK'\nPCI+33E'\nGIN+BJ+340999990000099994'\nCNT+1:",
        "",
    )
    files = changed(conversation(EU_BACK), wrong)
    files = changed(files, Wrong(EU_BACK, "09-gateway-DESADV.edi", "PAC+1++PK", "PAC+2++PK", ""))
    assert is_sscc("340999990000099994")
    assert judged(files) == ["ship notice NWD00301: carton 2 holds nothing"]


def test_a_charge_of_the_whole_invoice_belongs_to_its_total() -> None:
    files = changed(conversation(CLEAN), Wrong(CLEAN, INVOICE, "TDS*41760", "TDS*42260~\nSAC*C*D240***500", ""))
    assert judged(files) == []
    files = changed(conversation(CLEAN), Wrong(CLEAN, INVOICE, "TDS*41760", "TDS*41760~\nSAC*C*D240***500", ""))
    assert judged(files) == ["invoice NWI00101: the total 417.60 is not that of lines, charges and taxes, 422.60"]


CHANGE = """ISA*00*          *00*          *ZZ*AMAZON         *ZZ*5550004321     *270111*1530*U*00401*000006099*0*P*>~
GS*PC*AMAZON*5550004321*20270111*1530*6099*X*004010~
ST*860*0001~
BCH*04*NE*6NX02QTA***20270111~
POC*1*QI*30*30*EA~
POC*3*DI*0*0*EA~
POC*4*AI*6*6*EA*4.95*PE*VN*NWM-300~
SE*6*0001~
GE*1*6099~
IEA*1*000006099~
"""


def test_an_answer_is_held_against_the_order_as_it_was_changed() -> None:
    files = list(conversation(SPLIT).values())
    assert judge_folder([*files[:2], ("received", CHANGE.encode()), *files[2:]], PACKS) == [
        "answer to 6NX02QTA: line 4 is not answered",
        "answer to 6NX02QTA: line 3 was not ordered",
        "answer to 6NX02QTA: line 1: 24 pieces are answered, 30 ordered",
        "answer to 6NX02QTA: line 1: repeats 24 EA, ordered 30 EA",
    ]


EU_CHANGE = """UNB+UNOA:2+5450534000000:14+4099999001002:14+270111:0950+8099'
UNH+1+ORDCHG:D:96A:UN:EAN008'
BGM+230+NWC00299+4'
RFF+ON:6NE02QTA'
LIN+1+3+4099999000012:EN'
QTY+21:30'
LIN+3+2'
UNS+S'
UNT+8+1'
UNZ+1+8099'
"""


def test_a_change_in_edifact_counts_as_well() -> None:
    files = list(conversation(EU_SPLIT).values())
    assert judge_folder([*files[:2], ("received", EU_CHANGE.encode()), *files[2:]], PACKS) == [
        "answer to 6NE02QTA: line 3 was not ordered",
        "answer to 6NE02QTA: line 1: 24 pieces are answered, 30 ordered",
    ]


def test_a_change_of_an_unknown_order_changes_nothing() -> None:
    assert judge_folder([("received", CHANGE.encode())], PACKS) == []


def test_what_cannot_be_read_is_a_complaint_where_it_was_sent() -> None:
    broken = CHANGE.replace("POC*1*QI*30", "POC*1*QI*3X").encode()
    assert judge_folder([("received", broken), ("received", b"hello")], PACKS) == []
    assert judge_folder([("sent", broken), ("sent", b"hello")], PACKS) == [
        "a file that was sent is no interchange: it begins with neither ISA nor UNA nor UNB",
        "interchange 000006099: a message cannot be read: 3X is no number",
    ]


def test_the_same_order_number_of_two_partners_is_two_orders() -> None:
    files = list(conversation(CLEAN).values())
    other = [(way, data.replace(b"5550004321     ", b"5550007777     ")) for way, data in conversation(CLEAN).values()]
    changed_there = [(way, data.replace(b"PO1*1*24*EA*8.4", b"PO1*1*24*EA*9.4")) for way, data in other[:1]]
    assert judge_folder([*files[:2], *changed_there, *files[2:]], PACKS) == []


def test_a_check_digit_is_over_seventeen_digits() -> None:
    assert is_sscc("009999900000010116")
    assert is_sscc("00009999900000010116")
    assert not is_sscc("009999900000010115")
    assert not is_sscc("09999900000010116")
    assert not is_sscc("00999990000001011X")


def test_a_released_mark_is_text() -> None:
    segments = segments_of(b"UNB+UNOA:2'\nFTX+A?+B:C?:D?'E??'")
    assert segments[1].elements == (["A+B", "C:D'E?"],)


def test_other_marks_are_taken_from_the_header() -> None:
    segments = segments_of(b"UNA;-.#|!UNB-UNOA;2!BGM-a#-b;c!")
    assert segments[1].elements == (["a-b", "c"],)


def test_what_is_no_interchange_is_refused() -> None:
    with pytest.raises(ValueError, match="neither ISA nor UNA nor UNB"):
        segments_of(b"hello")


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    for file in Path(__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [name for name in names if name.split(".")[0] == "gateway"], file.name
