"""A document taken apart: bytes, meaning and the other shore, each pointing at the other; and what may be done."""

import re
import shutil
from pathlib import Path

import pytest

from tests.cli.test_resending import shipment
from tests.conftest import ORDERED_AT
from tests.web.conftest import Console, an_answered_order

GUIDE = Path(__file__).parents[2] / "mappings" / "guides" / "amazon-us"
HOSTILE = "<svg onload=alert(1) x="  # without the mark of components, which would cut it


def id_of(console: Console, kind: str, number: str) -> str:
    (found,) = console.house.json("documents", "list", "--type", kind, "--number", number)
    return str(found["id"])


def test_every_segment_stands_on_a_line_with_its_names(console: Console) -> None:
    page = console.page(f"/documents/{id_of(console, '850', '4XK7PL2Q')}")
    assert "Beginning of PO" in page
    assert "9 Order line PO1" in page
    assert "Quantity ordered" in page
    assert "GTIN-14 shipping container" in page  # the meaning of the code UK
    assert "Message trailer" in page


def test_a_value_and_its_bytes_point_at_each_other(console: Console) -> None:
    document = id_of(console, "850", "4XK7PL2Q")
    page = console.get(f"/documents/{document}").text
    wire = re.search(r'<a class="v" id="([^"]+)" href="#([^"]+)" data-field="lines\[1\]\.ordered\.value">10</a>', page)
    assert wire is not None
    cell, field = wire.groups()
    assert f'id="{field}"' in page
    said = re.search(rf'href="#{cell}" data-field="lines\[1\]\.ordered\.value" data-at="([^"]+)">10</a>', page)
    assert said is not None
    (traced,) = console.house.json("trace", document, "--field", "lines[1].ordered.value")
    assert f"byte {traced['byte']} to {traced['byte'] + 1}" in said[1]
    assert f"segment {traced['segment']}" in said[1]
    assert traced["file"] in said[1]


def test_the_cells_of_a_segment_are_the_segment(console: Console) -> None:
    page = console.get(f"/documents/{id_of(console, '850', '4XK7PL2Q')}").text
    segment = re.search(r'id="seg3">.*?</li>', page, re.DOTALL)
    assert segment is not None
    pieces = re.findall(r'class="(?:tag|mark|mark end|v|v still)"[^>]*>([^<]*)<', segment[0])
    assert "".join(pieces) == "REF*CR*ACME1~"


def test_the_form_of_the_erp_stands_beside_it(console: Console) -> None:
    page = console.page(f"/documents/{id_of(console, '850', '4XK7PL2Q')}")
    beside = page.partition("On the other shore")[2]
    assert "sales-order" in beside
    assert "base.value 120" in beside
    back = console.page(f"/documents/{id_of(console, 'sales-order', '4XK7PL2Q')}")
    assert "850" in back.partition("On the other shore")[2]


def test_a_file_of_json_points_at_its_fields_too(console: Console) -> None:
    page = console.get(f"/documents/{id_of(console, 'sales-order', '4XK7PL2Q')}").text
    assert re.search(
        r'<a class="v" id="j\d+" href="#f\d+" data-field="lines\[1\]\.base\.value">&#34;120&#34;</a>', page
    )


def test_a_finding_stands_at_its_segment(console: Console) -> None:
    house = console.house
    odd = house.order("5WARN001", "24*EA*7.25*PE*UP*614141000012").replace("REF*CR*ACME1", "REF*ZQ*ACME1")
    house.drop("850_4.edi", house.interchange(odd, control=104))
    house.once()
    found = [each for each in house.json("documents", "list", "--type", "850") if each["business_number"] == "5WARN001"]
    shown = house.json("documents", "show", found[0]["id"])
    findings = shown["message"]["findings"]
    assert findings
    page = console.get(f"/documents/{found[0]['id']}").text
    segment = re.search(rf'id="seg{findings[0]["segment"]}">.*?</li>', page, re.DOTALL)
    assert segment is not None
    assert findings[0]["code"] in segment[0]


def test_the_bytes_are_saved_and_never_shown_as_a_page(console: Console) -> None:
    document = id_of(console, "850", "4XK7PL2Q")
    answer = console.get(f"/documents/{document}/raw")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content == console.house.run("documents", "raw", document).stdout_bytes


def test_an_unknown_document_is_not_found(console: Console) -> None:
    for each in ("999999", "x", "1%20OR%201", "-1"):
        assert "no document" in console.get(f"/documents/{each}", 404).text
    console.get("/documents/999999/raw", 404)
    assert "from" in console.get(f"/documents/{id_of(console, '850', '4XK7PL2Q')}?from=1").text
    console.get(f"/documents/{id_of(console, '850', '4XK7PL2Q')}?from=0", 400)


def test_what_a_partner_wrote_is_text_everywhere(console: Console) -> None:
    house = console.house
    order = house.order("5HOST001", "24*EA*7.25*PE*UP*614141000012", account="ACME1")
    order = order.replace("N1*ST**92*PHX6", f"N1*ST*{HOSTILE}*92*PHX6")
    house.drop(f"850_{'<b>'}.edi", house.interchange(order, control=105))
    house.once()
    page = console.get(f"/documents/{id_of(console, '850', '5HOST001')}").text
    assert HOSTILE not in page
    assert "&lt;svg onload=alert(1) x=" in page
    assert "<b>.edi" not in page


def test_what_was_sent_is_sent_again_with_name_and_reason(console: Console) -> None:
    document = next(each["id"] for each in console.house.json("documents", "list", "--type", "997"))
    page = console.page(f"/documents/{document}")
    assert "retransmit ✓ open" in page
    answer = console.post(f"/documents/{document}/resend", way="retransmit", reason="they lost it")
    assert answer.headers["location"].startswith(f"/documents/{document}?done=")
    (entry,) = console.house.history("dispatch-requeued")
    assert (entry.body["who"], entry.body["reason"]) == ("Ada", "they lost it")
    assert "they lost it" in console.page(f"/documents/{document}")


def test_a_way_that_is_not_open_is_refused(console: Console) -> None:
    document = next(each["id"] for each in console.house.json("documents", "list", "--type", "997"))
    head = console.house.history()[-1].seq
    console.post(f"/documents/{document}/resend", 409, way="reissue", reason="why not")
    console.post(f"/documents/{document}/resend", 400, way="cancel", reason="why not")
    console.post(f"/documents/{document}/resend", 400, way="retransmit", reason=" ")
    assert console.house.history()[-1].seq == head


def test_a_document_that_is_not_held_offers_no_release(console: Console) -> None:
    document = id_of(console, "850", "4XK7PL2Q")
    assert "Let it go on" not in console.page(f"/documents/{document}")
    console.post(f"/documents/{document}/release", 409, reason="anyway")


def test_a_blocked_ship_notice_shows_its_gap_in_place_and_is_released(console: Console) -> None:
    house = an_answered_order(console)
    house.erp_says("s.json", shipment(amazon_reference=None))
    house.once("2026-11-26T14:20:00Z")
    draft = house.json("documents", "list", "--type", "856")[-1]
    page = console.page(f"/documents/{draft['id']}")
    assert "is blocked by 1 gap" in page
    assert "It would leave in spite of collect-reference" in page
    beside = page.partition("On the other shore")[2]
    assert beside.lstrip().startswith("shipment")
    console.post(f"/documents/{draft['id']}/release", 400, reason="")
    console.post(f"/documents/{draft['id']}/release", reason="it is on paper")
    house.once("2026-11-26T14:40:00Z")
    assert house.json("documents", "show", draft["id"])["delivery"] == "delivered"
    (draft_gap,) = [gap for gap in house.json("orders", "show", "A1")["gaps"] if gap["rule"] == "collect-reference"]
    let_go = "let go by Ada on 26 Nov 2026 because it is on paper"
    assert let_go in console.page(f"/documents/{draft['id']}")
    page = console.page("/orders/A1")
    assert let_go in page.partition("Let go all the same")[2]
    assert draft_gap["message"] not in page.partition("Let go all the same")[0]
    said = house.run("explain", draft["id"]).stdout.splitlines()
    assert said[-1].startswith("  let go by Ada on 2026-11-26 because it is on paper: ")
    assert not any(line.lstrip().startswith(("block ", "warn ", "remedy:")) for line in said)


def test_a_held_order_is_released_with_a_reason(console: Console) -> None:
    house = console.house
    folder = house.folder / "mappings" / "guides" / "amazon-us"
    shutil.copytree(GUIDE, folder)
    schema = (folder / "850.schema.toml").read_text()
    (folder / "850.schema.toml").write_text(re.sub(r'(segment-unknown\s*= )"warn"', r'\1"hold"', schema))
    order = house.order("A2").replace("FOB*CC~", "FOB*CC~\nZZZ*1~").replace("SE*13", "SE*14")
    house.drop("850_7.edi", house.interchange(order, control=108))
    house.once()
    document = id_of(console, "850", "A2")
    page = console.get(f"/documents/{document}").text
    segment = re.search(r'id="seg5">.*?</li>', page, re.DOTALL)
    assert segment is not None
    assert "segment-unknown" in segment[0]
    assert "Let it go on" in page
    console.post(f"/documents/{document}/release", reason="the segment says nothing")
    (entry,) = house.history("document-released")
    assert (entry.body["who"], entry.body["why"]) == ("Ada", "the segment says nothing")
    house.once()
    assert "sales-order.amazon-us.A2.json" in house.sales_orders


def test_a_long_message_is_shown_in_parts(console: Console) -> None:
    house = console.house
    lines = [f"{n + 1}*EA*7.25*PE*UP*614141000012" for n in range(700)]
    house.drop("850_5.edi", house.interchange(house.order("5LONG001", *lines), control=106))
    house.once()
    document = id_of(console, "850", "5LONG001")
    first = console.get(f"/documents/{document}").text
    assert 'id="seg500"' in first
    assert 'id="seg501"' not in first
    assert f"/documents/{document}?from=501#wire" in first
    assert "more of lines on other parts" in first
    second = console.get(f"/documents/{document}?from=501").text
    assert 'id="seg501"' in second
    assert 'data-field="lines[0].line"' not in second
    assert 'data-field="lines[600].line"' in second


def test_bytes_that_were_removed_are_said_to_be_gone(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    document = id_of(console, "850", "4XK7PL2Q")
    monkeypatch.setattr("gateway.journal.pruning.PruneReader.pruned_at", lambda *_: ORDERED_AT)
    page = console.page(f"/documents/{document}")
    assert "There are no bytes to show: its bytes were removed on 2026-11-20" in page
    assert "ordered.value 10" in page  # what it says is kept


def test_a_document_of_a_partner_who_is_gone_is_shown_all_the_same(console: Console) -> None:
    document = id_of(console, "850", "4XK7PL2Q")
    text = console.house.config.read_text()
    renamed = text.replace("[partners.amazon-us", "[partners.amazon-na").replace('"amazon-us", ', '"amazon-na", ')
    console.house.config.write_text(renamed)
    page = console.page(f"/documents/{document}")
    assert "BEG*00*NE*4XK7PL2Q**20261120~" in page
    assert "ordered.value 10" in page
    console.house.config.write_text(text)
