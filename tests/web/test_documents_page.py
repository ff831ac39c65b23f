"""The list of documents: narrowed by what one knows, a page at a time."""

import re

import pytest

from gateway.cli.documents import STATES as CHOICES
from gateway.queries.document_lists import STATES
from tests.web.conftest import Console


def test_the_list_has_every_document_the_newest_first(console: Console) -> None:
    page = console.get("/documents").text
    ids = [int(each) for each in re.findall(r'data-label="Document"><a class="ref" href="/documents/(\d+)"', page)]
    known = [int(each["id"]) for each in console.house.json("documents", "list")]
    assert ids == sorted(known, reverse=True)


@pytest.mark.parametrize(
    ("question", "found", "left_out"),
    [
        ("type=850", "4XK7PL2Q", "sales-order.amazon-us"),
        ("q=8RN4", "8RN4LE3B", "4XK7PL2Q"),
        ("q=000000001", "997", "8RN4LE3B"),
        ("partner=amazon-us&direction=out&type=sales-order", "4XK7PL2Q", "850_2.edi"),
        ("state=queued", "No document is like this", "4XK7PL2Q"),
        ("since=2026-11-20&until=2026-11-20", "4XK7PL2Q", "No document"),
        ("since=2026-11-21", "No document is like this", "4XK7PL2Q"),
    ],
)
def test_the_list_is_narrowed(console: Console, question: str, found: str, left_out: str) -> None:
    page = console.page(f"/documents?{question}").partition("When")[2] or console.page(f"/documents?{question}")
    assert found in page
    assert left_out not in page


def test_a_page_leads_to_the_older_ones(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.web.pages.documents._PAGE", 2)
    first = console.get("/documents?partner=amazon-us").text
    older = re.search(r'href="(/documents\?[^"]*before=\d+)"', first)
    assert older is not None
    second = console.get(older[1].replace("&amp;", "&")).text
    seen = re.compile(r'data-label="Document"><a class="ref" href="/documents/(\d+)"')
    assert len(seen.findall(first)) == 2
    assert max(map(int, seen.findall(second))) < min(map(int, seen.findall(first)))
    assert "partner=amazon-us" in older[1]


@pytest.mark.parametrize("question", ["before=x", "before=1;2", "since=yesterday", "until=2026-13-01"])
def test_a_question_that_cannot_be_is_told_so(console: Console, question: str) -> None:
    assert console.get(f"/documents?{question}", 400)


def test_what_was_asked_stays_in_the_form_and_is_no_markup(console: Console) -> None:
    page = console.get("/documents?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").text
    assert "<script>alert" not in page
    assert "&#34;&gt;&lt;script&gt;alert(1)" in page


def test_the_command_that_lists_the_same_is_quoted(console: Console) -> None:
    page = console.get("/documents?type=850&q=a%20b").text
    assert "gateway documents list --number &#39;a b&#39; --type 850" in page


def test_the_command_line_narrows_the_same_way(console: Console) -> None:
    house = console.house
    assert tuple(STATES) == CHOICES
    awaited = house.json("documents", "list", "--state", "awaited")
    assert {each["acknowledgement"] for each in awaited} == {"awaited"}
    everything = house.json("documents", "list")
    assert house.json("documents", "list", "--since", "2026-11-20", "--until", "2026-11-20") == everything
    assert house.json("documents", "list", "--since", "2026-11-20", "--limit", "2") == everything[-2:]
    assert house.json("documents", "list", "--until", "2026-11-19") == []
    (first,) = house.json("documents", "list", "--control-number", "000000001")
    assert first["type"] == "997"
