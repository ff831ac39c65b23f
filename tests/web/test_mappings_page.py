"""Mappings: a sample is tried, and nothing of it is kept."""

import html
import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.conftest import Console, said, text_of

SAMPLES = Path(__file__).parents[2] / "samples"
HOSTILE = "<svg onload=alert(1) x="


def send(console: Console, data: bytes | None = None, code: int = 200, name: str = "a.edi", **fields: str) -> Any:
    """Send the form with a file, as a browser does."""
    files = {"file": (name, data if data is not None else b"")} if data is not None else None
    form = {"form_token": console.form_token(), **fields}
    answer = console.client.post("/mappings", data=form, files=files, headers={"origin": "http://127.0.0.1:8017"})
    assert answer.status_code == code, said(answer.text)
    return answer


def test_a_dropped_sample_shows_document_findings_and_rows(console: Console) -> None:
    page = send(console, (SAMPLES / "demo" / "850_bad_quantity.edi").read_bytes(), name="850_bad_quantity.edi").text
    words = text_of(page)
    assert "850_bad_quantity.edi 1 interchange, 1 message" in words
    assert "partner amazon-us , read by guide amazon-us" in words
    assert "850 0001 ✕ refused" in words
    assert "No document can be made of it. This much was read:" in words
    segment = re.search(r'id="m1-seg10">.*?</li>', page, re.DOTALL)
    assert segment is not None
    assert "PO102 is &#39;1X&#39;" in segment[0]
    assert "Which row took which value" in words


def test_a_pasted_sample_shows_where_each_value_came_from(console: Console) -> None:
    page = send(console, text=(SAMPLES / "demo" / "850_cases.edi").read_text()).text
    assert "✓ read" in text_of(page)
    assert re.search(r'data-field="lines\[0\]\.ordered\.value" data-at="PO102 in segment 9, byte \d+ to \d+', page)
    row = re.search(r'<td data-label="Field">lines\.ordered\.value</td>.*?</tr>', page, re.DOTALL)
    assert row is not None
    assert re.search(r'data-label="Values" class="num">1</td>', row[0])


def test_several_messages_of_one_file_do_not_share_their_names(console: Console) -> None:
    house = console.house
    two = house.interchange(house.order("5TWO0001"), house.order("5TWO0002", st="0002"))
    page = send(console, two.encode()).text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert 'id="m2-seg1"' in page
    targets = re.findall(r'href="#(m\d-[^"]+)"', page)
    assert targets
    assert set(targets) <= set(ids)


def test_nothing_of_a_sample_is_kept(console: Console) -> None:
    with console.house.journal() as journal:
        before = journal.head()
    send(console, (SAMPLES / "demo" / "850_cases.edi").read_bytes())
    with console.house.journal() as journal:
        assert journal.head() == before
        assert all(file.name != "850_cases.edi" for file in journal.files())
    assert console.house.waiting == []


def test_a_report_shows_its_layout_and_rows(console: Console) -> None:
    words = text_of(send(console, (SAMPLES / "demo" / "settlement.txt").read_bytes(), name="settlement.txt").text)
    assert "settlement-v2" in words
    assert "41007700001" in words


@pytest.mark.parametrize(
    "data", [b"\x00\xff" * 400, b"PK\x03\x04nonsense", b"ISA*00*cut", b"\x1f\x8b\x08nonsense", b"{}", b"a\tb\n1\t2\n"]
)
def test_what_is_nothing_is_told_and_breaks_nothing(console: Console, data: bytes) -> None:
    assert "Try a sample" in text_of(send(console, data).text)


def test_a_sample_that_is_too_large_is_refused(console: Console) -> None:
    send(console, b"x" * 1_000_001, code=400)
    send(console, b"x" * 1_300_000, code=413)


def test_nothing_chosen_and_an_unknown_guide_are_told(console: Console) -> None:
    send(console, code=400)
    send(console, b"ISA", code=404, guide="../amazon-us")
    console.get("/mappings?guide=../../etc&message=850", 404)
    console.get("/mappings?guide=amazon-us&message=999", 404)


def test_what_a_sample_says_is_text(console: Console) -> None:
    order = console.house.order("5HOST002").replace("N1*ST**92*PHX6", f"N1*ST*{HOSTILE}*92*PHX6")
    page = send(console, console.house.interchange(order).encode(), name=f"{HOSTILE}.edi").text
    assert HOSTILE not in page
    assert "&lt;svg onload=alert(1) x=" in page


def test_the_form_asks_for_its_token(console: Console) -> None:
    answer = console.client.post("/mappings", data={"text": "ISA"}, headers={"origin": "http://127.0.0.1:8017"})
    assert answer.status_code == 403


def test_every_guide_lists_its_messages(console: Console) -> None:
    page = console.page("/mappings")
    assert "guide amazon-us, for amazon-us" in page
    assert "x12/004010/850" in page
    rows = console.page("/mappings?guide=amazon-us&message=850")
    assert "mappings/x12/850.toml" in rows
    assert "DTM*064" in rows


def test_a_message_with_released_characters_shows_the_marks_of_its_file(console: Console) -> None:
    sample = (SAMPLES / "edifact" / "ORDERS-released.edi").read_bytes()
    assert b"?" in sample
    page = send(console, sample, guide="amazon-eu").text
    header = re.search(r'id="m1-seg1">.*?</li>', page, re.DOTALL)
    assert header is not None
    pieces = re.findall(r'class="(?:tag|mark|mark end|v|v still)"[^>]*>([^<]*)<', header[0])
    text = html.unescape("".join(pieces))
    assert text.encode() in sample
    assert text.startswith("UNH+")
