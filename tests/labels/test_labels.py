"""A label says what the ship notice says, and a scanner reads from it the very SSCC."""

import re

import pypdfium2
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import Shipment
from gateway.documents.erp import ErpCarrier, ShipmentItem, ShipmentPack
from gateway.documents.identifiers import check_digit
from gateway.documents.party import Party
from gateway.labels import Label, labels_of, to_pdf, to_zpl
from gateway.labels.layout import BAR_HEIGHT, MODULE, MODULES, SIZES, lay_out
from tests.labels.code128 import FNC1, START_C, modules_of, picture_of, values_of

FIRST, SECOND, PALLET = "006141410000000012", "006141410000000029", "006141410000000036"
US = Party(
    code="PHX6", name=("Amazon.com",), street=("4750 W. Mohave St",), city="Phoenix", state="AZ", postcode="85043"
)
WARSAW = Party(name=("Magazyn Łódź ^FS~JA",), street=("ul. Żółta 1",), city="Łódź", country="PL")


def pack(sscc: str | None, *orders: str, kind: str | None = "carton", within: str | None = None) -> ShipmentPack:
    items = tuple(ShipmentItem(purchase_order=order, line="1", quantity=1) for order in orders)
    return ShipmentPack(sscc=sscc, type=kind, within=within, items=items)


def shipment(*packs: ShipmentPack) -> Shipment:
    return Shipment(
        partner="amazon-us",
        shipment="SHP1",
        carrier=ErpCarrier(scac="ACFR"),
        pro_number="PRO-77",
        bill_of_lading="BOL-9",
        packs=packs,
    )


def labels(*packs: ShipmentPack, ship_from: Party | None = WARSAW) -> list[Label]:
    return [label for _, label in labels_of(shipment(*packs), ship_from, US)]


def scanned(page: bytes, at: int = 203) -> list[list[zxingcpp.Barcode]]:
    """What a scanner reads on each page of a PDF that is printed with so many dots an inch."""
    document = pypdfium2.PdfDocument(page)
    try:
        return [zxingcpp.read_barcodes(page.render(scale=at / 72).to_pil()) for page in document]
    finally:
        document.close()


# What stands on a label


def test_cartons_and_pallets_are_counted_each_by_themselves() -> None:
    found = labels(pack(PALLET, kind="pallet"), pack(FIRST, "A", within=PALLET), pack(SECOND, "B", within=PALLET))
    assert [(each.kind, each.number, each.count) for each in found] == [
        ("pallet", 1, 1),
        ("carton", 1, 2),
        ("carton", 2, 2),
    ]


def test_a_pallet_names_the_orders_of_the_cartons_on_it() -> None:
    found = labels(pack(PALLET, kind="pallet"), pack(FIRST, "A", within=PALLET), pack(SECOND, "B", "A", within=PALLET))
    assert [each.orders for each in found] == [("A", "B"), ("A",), ("B", "A")]


@pytest.mark.parametrize("sscc", [None, "006141410000000013", "1Z0001"])
def test_a_pack_without_a_right_number_has_no_label_and_still_counts(sscc: str | None) -> None:
    (found,) = labels(pack(sscc, "A"), pack(FIRST, "A", kind=None))
    assert (found.sscc, found.number, found.count) == (FIRST, 2, 2)


def test_a_number_with_its_application_identifier_is_the_same_number() -> None:
    (found,) = labels(pack("00" + FIRST, "A"))
    assert (found.sscc, found.readable, found.element_string) == (FIRST, f"(00){FIRST}", f"00{FIRST}")


def test_a_label_shows_from_whom_to_whom_how_and_which_of_how_many() -> None:
    texts = {text.text for text in lay_out(labels(pack(FIRST, "4XK7PL2Q"), pack(SECOND, "B"))[0], "4x6").texts}
    wanted = {"Amazon.com", "Phoenix AZ 85043", "ACFR", "PRO-77", "BOL-9", "4XK7PL2Q", "1 of 2", f"(00){FIRST}"}
    assert wanted <= texts


def test_what_is_not_known_has_no_heading_and_leaves_no_room() -> None:
    bare = Shipment(partner="amazon-us", shipment="SHP1", packs=(pack(FIRST, "A"),))
    ((_, label),) = labels_of(bare, WARSAW, US)
    texts = lay_out(label, "4x6").texts
    assert {"CARRIER", "PRO", "TRACKING", "B/L", ""} & {text.text for text in texts} == set()
    full = lay_out(labels(pack(FIRST, "A"))[0], "4x6").texts
    (heading,) = [text for text in texts if text.text == "SHIPMENT"]
    assert heading.y == next(text.y for text in full if text.text == "CARRIER")


def test_more_orders_than_fit_are_counted() -> None:
    texts = [text.text for text in lay_out(labels(pack(FIRST, *"ABCDEF"))[0], "4x6").texts]
    assert {"A", "B", "C", "and 3 more"} <= set(texts)
    assert "D" not in texts


@pytest.mark.parametrize("size", SIZES)
def test_bars_are_as_high_and_wide_as_gs1_asks_and_have_room_on_both_sides(size: str) -> None:
    layout = lay_out(labels(pack(FIRST, "A"))[0], size)
    assert BAR_HEIGHT >= 31.75
    assert 0.495 <= MODULE <= 0.94
    assert layout.width - MODULES * MODULE >= 2 * 10 * MODULE
    assert layout.bars_at + BAR_HEIGHT < min(text.y for text in layout.texts if text.text.startswith("(00)"))
    assert all(0 <= text.x < layout.width and 0 <= text.y + text.size < layout.height for text in layout.texts)


# What a scanner reads


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dots", [203, 300])
def test_a_printed_page_is_read_as_the_number_of_the_ship_notice(size: str, dots: int) -> None:
    found = scanned(to_pdf(labels(pack(FIRST, "A"), pack(PALLET, "B", kind="pallet")), size), dots)
    for page, sscc in zip(found, (FIRST, PALLET), strict=True):
        (symbol,) = page
        assert symbol.text == f"(00){sscc}"  # the scanner's own form of GS1, which it knows by FNC1
        assert symbol.symbology_identifier == "]C1"  # GS1-128 and no other Code 128
        assert symbol.bytes == f"00{sscc}".encode()


@given(st.text("0123456789", min_size=17, max_size=17))
def test_any_number_is_read_from_the_bars_that_zpl_asks_for(digits: str) -> None:
    sscc = digits + check_digit(digits)
    (field,) = re.findall(r"\^FD(>;>8\d+)\^FS", to_zpl(labels(pack(sscc, "A")), "4x6", 203))
    values = values_of(field)
    assert values[:3] == [START_C, FNC1, 0]
    assert len(list(modules_of(values))) == MODULES
    (symbol,) = zxingcpp.read_barcodes(picture_of(values, 4, 60))
    assert (symbol.text, symbol.symbology_identifier) == (f"(00){sscc}", "]C1")


def test_a_check_character_that_is_wrong_is_not_read() -> None:
    values = values_of(f">;>800{FIRST}")
    values[-1] = (values[-1] + 1) % 103
    assert zxingcpp.read_barcodes(picture_of(values, 4, 60)) == []


@pytest.mark.parametrize(("resolution", "width", "module", "height"), [(203, 812, 4, 256), (300, 1200, 6, 378)])
def test_zpl_is_one_format_a_label_in_the_dots_of_the_printer(
    resolution: int, width: int, module: int, height: int
) -> None:
    written = to_zpl(labels(pack(FIRST, "A"), pack(SECOND, "A")), "4x6", resolution)
    assert written.count("^XA") == written.count("^XZ") == 2
    assert f"^PW{width}^" in written
    assert f"^BY{module}^" in written
    assert f"^BCN,{height},N,N,N,N" in written
    left = int(re.findall(r"\^BY\d\^FO(\d+),", written)[0])
    assert left >= 10 * module
    assert left + MODULES * module <= width - 10 * module


def test_what_a_printer_would_take_for_a_command_is_text() -> None:
    written = to_zpl(labels(pack(FIRST, "A")), "4x6", 203)
    assert "Magazyn Łódź _5EFS_7EJA" in written
    assert re.findall(r"~", written) == []
    assert set(re.findall(r"\^..", written)) <= {
        *("^XA", "^CI", "^PW", "^LL", "^LH", "^FO", "^A0", "^FH", "^FD", "^FS", "^GB", "^BY", "^BC", "^XZ")
    }


def test_a_page_says_what_is_written_on_it_in_letters_that_every_reader_has() -> None:
    document = pypdfium2.PdfDocument(to_pdf(labels(pack(FIRST, "4XK7PL2Q")), "4x6"))
    text = document[0].get_textpage().get_text_bounded()
    document.close()
    assert "Magazyn Lódz" in text
    assert "4XK7PL2Q" in text
    assert f"(00){FIRST}" in text


def test_the_same_labels_are_the_same_bytes() -> None:
    made = labels(pack(FIRST, "A"))
    assert to_pdf(made, "a6") == to_pdf(made, "a6")
