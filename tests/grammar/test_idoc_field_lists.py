"""The fields of every segment, in order and with their lengths: against the field lists of SAP's schemas, and a count.

The lists are facts taken from schemas that are not ours to pass on. Where they are at hand they are compared name by
name; the counts and check sums here were taken from them once, so that no field slips in or out without them.
"""

import re
from hashlib import sha256
from pathlib import Path

import pytest

from gateway.grammar.idoc_segments import Segment, width_of
from gateway.syntax.idoc_flat import CONTROL_FIELDS, CONTROL_WIDTH, HEAD_WIDTH, WIDTH
from tests.grammar.idoc_samples import catalogue

SHEET = Path(__file__).parents[2].parent / "shared" / "reference" / "erp.md"
OURS = ("ORDERS05", "DELVRY07", "INVOIC02", "ACC_DOCUMENT05", "MATMAS05")
_SIZED = re.compile(r"(\w[\w-]*?):(\d+)|([\w-]*?[A-Z_])(\d+)")

# type and segment: fields, characters, and the beginning of the SHA-256 of `NAME length` line by line
COUNTED = {
    ("ORDERS05", "E1EDK01"): (32, 357, "71e66ccfae8e"),
    ("ORDERS05", "E1EDK14"): (2, 38, "3c15ff78de51"),
    ("ORDERS05", "E1EDK03"): (3, 17, "ac2db5894a58"),
    ("ORDERS05", "E1EDK04"): (5, 107, "3a5235d77ce4"),
    ("ORDERS05", "E1EDK05"): (12, 185, "34406fc02497"),
    ("ORDERS05", "E1EDKA1"): (44, 995, "e0c3a0f4f250"),
    ("ORDERS05", "E1EDK02"): (5, 58, "aae43820fa39"),
    ("ORDERS05", "E1EDK17"): (3, 76, "193287008a71"),
    ("ORDERS05", "E1EDK18"): (4, 89, "1868fe804d7a"),
    ("ORDERS05", "E1EDKT1"): (5, 89, "4efd4bd5e525"),
    ("ORDERS05", "E1EDKT2"): (2, 72, "a75216af9d19"),
    ("ORDERS05", "E1EDP01"): (54, 575, "8eec770b58d4"),
    ("ORDERS05", "E1EDP02"): (7, 123, "e26d9329d697"),
    ("ORDERS05", "E1EDP03"): (3, 17, "ac2db5894a58"),
    ("ORDERS05", "E1EDP04"): (5, 107, "3a5235d77ce4"),
    ("ORDERS05", "E1EDP05"): (16, 235, "0c8320c7bc01"),
    ("ORDERS05", "E1EDP20"): (7, 61, "35346f8cf3c2"),
    ("ORDERS05", "E1EDP19"): (8, 242, "e9d7ba1b01e8"),
    ("ORDERS05", "E1EDPT1"): (3, 9, "88bf723a5b8c"),
    ("ORDERS05", "E1EDPT2"): (2, 72, "a75216af9d19"),
    ("ORDERS05", "E1EDS01"): (4, 27, "b47c3243c7ab"),
    ("DELVRY07", "E1EDL20"): (30, 309, "15fc281c7edc"),
    ("DELVRY07", "E1EDL18"): (2, 23, "e19df43e2050"),
    ("DELVRY07", "E1ADRM1"): (41, 952, "0a131a0a523b"),
    ("DELVRY07", "E1EDT13"): (18, 153, "dfdfde71d772"),
    ("DELVRY07", "E1EDL47"): (7, 352, "a3163f9a88b4"),
    ("DELVRY07", "E1EDL24"): (72, 987, "6daa5fd7a192"),
    ("DELVRY07", "E1EDL41"): (6, 68, "c5ef7dfcfda9"),
    ("DELVRY07", "E1EDL43"): (4, 50, "21a753b82bb9"),
    ("DELVRY07", "E1EDL37"): (61, 847, "ccce3afaae82"),
    ("DELVRY07", "E1EDL44"): (24, 382, "f07681c0bd87"),
    ("DELVRY07", "E1EDL49"): (4, 320, "906ee19d6c1a"),
    ("INVOIC02", "E1EDK02"): (5, 58, "aae43820fa39"),
    ("INVOIC02", "E1EDK04"): (5, 107, "3a5235d77ce4"),
    ("INVOIC02", "E1EDK23"): (7, 47, "8ddf9e259933"),
    ("INVOIC02", "E1EDP02"): (10, 186, "1d8bd21c0619"),
    ("INVOIC02", "E1EDP26"): (2, 21, "2f83df7972e3"),
    ("INVOIC02", "E1EDP04"): (5, 107, "3a5235d77ce4"),
    ("INVOIC02", "E1EDS01"): (4, 27, "b47c3243c7ab"),
    ("ACC_DOCUMENT05", "E1BPACHE09"): (29, 261, "ebe882113900"),
    ("ACC_DOCUMENT05", "E1BPACGL09"): (119, 993, "eef6a8465b6b"),
    ("ACC_DOCUMENT05", "E1BPACAR09"): (64, 676, "9dd52cffa700"),
    ("ACC_DOCUMENT05", "E1BPACAP09"): (58, 541, "59a5c9a70354"),
    ("ACC_DOCUMENT05", "E1BPACTX09"): (13, 92, "11c16d5cfb3b"),
    ("ACC_DOCUMENT05", "E1BPACCR09"): (16, 332, "d2dbe29e1bc7"),
    ("ACC_DOCUMENT05", "E1BPPAREX"): (5, 990, "0cac20891242"),
    ("MATMAS05", "E1MARMM"): (20, 145, "d35891e88382"),
}


def segment_of(name: str, segment: str) -> Segment:
    found = catalogue().type(name)
    assert found is not None
    return found.segments[segment]


def fields_of(segment: Segment) -> list[tuple[str, int]]:
    return [(field.name, field.longest) for field in segment.fields]


def listed() -> dict[tuple[str, str], list[tuple[str, int]]]:
    """The field lists of the sheet, by type and segment."""
    text = SHEET.read_text(encoding="utf-8") if SHEET.is_file() else ""
    found = {}
    for part in re.split(r"(?m)^### A\.\d+ ", text.partition("## Appendix A")[2].partition("## Sources")[0])[1:]:
        for segment, line in re.findall(r"(?m)^- (\w+): (.+)$", part):
            matches = [_SIZED.fullmatch(word) for word in line.split()]
            assert all(matches), (segment, line)
            pairs = [(match[1] or match[3], int(match[2] or match[4])) for match in matches if match]
            found[part.split()[0], segment] = pairs
    return {key: pairs for key, pairs in found.items() if key[0] in OURS}


@pytest.mark.skipif(not SHEET.is_file(), reason="the field lists are not at hand")
def test_every_segment_of_the_field_lists_has_their_names_order_and_lengths() -> None:
    lists = listed()
    assert len(lists) == len(COUNTED) > 40
    for (name, segment), fields in lists.items():
        assert fields_of(segment_of(name, segment)) == fields, (name, segment)


@pytest.mark.parametrize(("name", "segment"), COUNTED)
def test_every_segment_has_the_fields_that_were_counted(name: str, segment: str) -> None:
    fields = fields_of(segment_of(name, segment))
    total = sha256("".join(f"{field} {length}\n" for field, length in fields).encode()).hexdigest()
    assert (len(fields), sum(length for _, length in fields), total[:12]) == COUNTED[name, segment]


def test_an_invoice_has_the_segments_of_an_order_and_some_fields_more() -> None:
    for segment in ("E1EDK01", "E1EDK03", "E1EDK05", "E1EDK14", "E1EDKA1", "E1EDP03", "E1EDP05", "E1EDP19", "E1EDPA1"):
        assert segment_of("INVOIC02", segment) == segment_of("ORDERS05", segment)
    more = {"E1EDP01": [("HANDOVERLOC", 10)], "E1EDP02": [("RMA", 20), ("REASON", 3), ("RSNTXT", 40)]}
    for segment, added in more.items():
        assert fields_of(segment_of("INVOIC02", segment)) == [*fields_of(segment_of("ORDERS05", segment)), *added]


def test_an_order_response_lacks_some_fields_of_an_order() -> None:
    order, response = catalogue().type("ORDERS05", "ORDERS"), catalogue().type("ORDERS05", "ORDRSP")
    assert order is not None
    assert response is not None
    lacking = {name: set(order.segments[name].ranks) - set(response.segments[name].ranks) for name in order.segments}
    assert {name: fields for name, fields in lacking.items() if fields} == {
        "E1EDP01": {"IUID_RELEVANT", "SGT_RCAT", "SGT_SCAT"},
        "E1EDL37": {"VHILM_KU_EXTERNAL", "VHILM_KU_VERSION", "VHILM_KU_GUID"},
    }


def test_the_control_record_of_the_catalogue_is_that_of_the_flat_form() -> None:
    control = catalogue().segments["EDI_DC40"]
    assert tuple(fields_of(control)) == CONTROL_FIELDS
    assert width_of(control.fields) == CONTROL_WIDTH == 524
    assert HEAD_WIDTH + 1000 == WIDTH == 1063
    must = {"TABNAM", "DIRECT", "IDOCTYP", "MESTYP", "SNDPOR", "SNDPRT", "SNDPRN", "RCVPOR", "RCVPRN"}
    assert {field.name for field in control.fields if field.is_mandatory} == must


def test_no_segment_is_longer_than_a_record() -> None:
    for name, segment in catalogue().segments.items():
        if name != "EDI_DC40":
            assert width_of(segment.fields) <= WIDTH - HEAD_WIDTH, name


@pytest.mark.parametrize(
    ("name", "path", "least", "most"),
    [
        ("ORDERS05", "E1EDK01", 1, 1),
        ("ORDERS05", "E1EDK14", 0, 12),
        ("ORDERS05", "E1EDP01", 0, 999_999),
        ("ORDERS05", "E1EDP01/E1EDP20", 0, 9999),
        ("ORDERS05", "E1EDP01/E1EDP19", 0, 5),
        ("INVOIC02", "E1EDK02", 0, 20),
        ("INVOIC02", "E1EDP01/E1EDP26", 0, 20),
        ("INVOIC02", "E1EDS01", 0, 30),
        ("DELVRY07", "E1EDL20", 1, 9999),
        ("DELVRY07", "E1EDL20/E1EDL24/E1EDL41", 0, 2),
        ("DELVRY07", "E1EDL20/E1EDL37/E1EDL44", 0, 99_999),
        ("ALEAUD01", "E1ADHDR/E1STATE", 1, 500),
    ],
)
def test_segments_stand_as_often_as_sap_lets_them(name: str, path: str, least: int, most: int) -> None:
    found = catalogue().type(name)
    assert found is not None
    place = found.root
    for step in path.split("/"):
        child = place.child(step)
        assert child is not None
        place = child
    assert (place.least, place.most) == (least, most)


def test_schedule_lines_of_an_order_stand_before_its_item_ids_and_amounts_of_an_invoice_behind_them() -> None:
    order, invoice = catalogue().type("ORDERS05"), catalogue().type("INVOIC02")
    assert order is not None
    assert invoice is not None
    item, billed = order.root.child("E1EDP01"), invoice.root.child("E1EDP01")
    assert item is not None
    assert billed is not None
    assert item.ranks["E1EDP20"] < item.ranks["E1EDP19"]
    assert billed.ranks["E1EDP19"] < billed.ranks["E1EDP26"]
    assert invoice.root.ranks["E1EDKA1"] < invoice.root.ranks["E1EDK02"] < invoice.root.ranks["E1EDK14"]
