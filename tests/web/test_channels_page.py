"""Channels: what came, what waits, what lies in quarantine, and giving it back."""

import json

import pytest

from gateway.queries.quarantined import beginning
from tests.web.conftest import Console, text_of

HOSTILE = "<img src=x onerror=alert(1)>"


def test_each_channel_says_what_came_and_what_waits(console: Console) -> None:
    console.house.drop("later.edi", "not looked at yet")
    page = console.page("/channels")
    amazon = page.partition("erp files")[0]
    assert "850_3.edi" in amazon
    assert "Waiting to be taken 1" in amazon
    assert "a case from 100, urgent from 400" in amazon
    assert "no gateway at work tells" in amazon
    (row, _) = console.house.json("channels", "list")
    assert (row["channel"], row["waiting"], row["quarantined"]) == ("amazon", 1, 1)
    (console.house.folder / "amazon" / "in" / "later.edi").unlink()


def test_a_file_in_quarantine_is_shown_with_its_reason(console: Console) -> None:
    (name,) = console.house.quarantine
    reason = console.house.quarantine[name]
    page = console.page("/channels")
    assert name in page
    for word in ("code", "message", "place", "remedy"):
        assert reason[word] in page
    (row,) = console.house.json("quarantine", "list")
    assert (row["name"], row["channel"], row["code"]) == (name, "amazon", reason["code"])


def test_a_file_is_given_back_to_its_channel_with_name_and_reason(console: Console) -> None:
    house = console.house
    house.drop("nonsense.edi", "neither fish nor fowl")
    house.once()
    answer = console.post("/channels/release", name="nonsense.edi", reason="tried once more")
    assert answer.headers["location"].startswith("/channels?done=")
    assert house.waiting == ["nonsense.edi"]
    assert "nonsense.edi" not in house.quarantine
    (entry,) = house.history("quarantine-released")
    assert (entry.body["who"], entry.body["why"], entry.body["channel"]) == ("Ada", "tried once more", "amazon")
    house.once("2026-11-20T21:04:00Z")
    assert house.waiting == []
    assert "nonsense.edi" in house.quarantine  # it is no better than before


def test_a_case_about_a_file_of_the_erp_leads_to_it_in_quarantine_and_what_it_says(console: Console) -> None:
    house = console.house
    house.erp_says("p 1.json", b'{"document": "posting-result",\r\n "id": "<b>7</b>\x1b[31m"}')
    house.once()
    (case,) = [each for each in house.cases if each["code"] == "erp-document-unreadable"]
    shown = console.get(f"/cases/{case['id']}").text
    assert 'href="/channels/quarantine/p%201.json"' in shown
    page = console.get("/channels/quarantine/p%201.json").text
    assert "&lt;b&gt;7&lt;/b&gt;\ufffd[31m" in page
    assert house.quarantine["p 1.json"]["message"] in text_of(page)
    assert house.quarantine["p 1.json"]["remedy"] in text_of(page)
    saved = console.get("/channels/quarantine/p%201.json/raw")
    assert saved.content == (house.folder / "quarantine" / "p 1.json").read_bytes()
    assert saved.headers["content-disposition"].startswith("attachment")
    assert 'href="/channels/quarantine/p%201.json"' in console.get("/channels").text


def test_a_case_names_the_command_that_shows_its_file_in_quarantine(console: Console) -> None:
    house = console.house
    house.erp_says("p 1.json", b"{")
    house.once()
    (case,) = [each for each in house.cases if each["code"] == "erp-document-unreadable"]
    assert "  in quarantine: `gateway quarantine show 'p 1.json'`" in house.run("cases", "show", case["id"]).stdout
    assert house.json("cases", "show", case["id"])["quarantined"] == ["p 1.json"]
    told = house.run("quarantine", "show", "p 1.json").stdout
    assert told.startswith(f"message: {house.quarantine['p 1.json']['message']}\nremedy: ")
    assert told.endswith("\n\n{\n")
    assert house.run("quarantine", "show", "p 1.json", "--raw").stdout == "{"
    assert house.json("quarantine", "show", "p 1.json")["channel"] == "erp"
    assert "there is no 'p 2.json' in quarantine" in house.run("quarantine", "show", "p 2.json", code=1).stderr
    house.run("quarantine", "release", "p 1.json", "--reason", "mended")
    assert house.json("cases", "show", case["id"])["quarantined"] == []
    house.once()


def test_of_a_long_file_only_the_beginning_is_shown_and_how_much_more_there_is() -> None:
    assert beginning(b"a\r\n\tb\x00\xff") == "a\n\tb\ufffd\ufffd"
    assert beginning(b"x" * 20_003).endswith("x\n... and 3 bytes more")


@pytest.mark.parametrize(
    "name",
    ["../config.toml", "/etc/passwd", "..", ".", "x/../../journal.db", "850_3.edi.reason.json", "\x00", "nobody.edi"],
)
def test_a_name_that_is_no_file_of_the_quarantine_is_refused(console: Console, name: str) -> None:
    before = sorted(path.name for path in (console.house.folder / "amazon" / "in").iterdir())
    console.post("/channels/release", 404, name=name, reason="let me see")
    assert sorted(path.name for path in (console.house.folder / "amazon" / "in").iterdir()) == before
    assert console.house.history("quarantine-released") == []
    assert console.house.config.exists()


def test_a_link_in_quarantine_is_not_followed(console: Console) -> None:
    (console.house.folder / "quarantine" / "link.edi").symlink_to(console.house.config)
    assert "link.edi" in console.page("/channels")
    console.post("/channels/release", 409, name="link.edi", channel="amazon", reason="let me see")
    assert not (console.house.folder / "amazon" / "in" / "link.edi").exists()
    (console.house.folder / "quarantine" / "link.edi").unlink()


def test_nothing_is_overwritten(console: Console) -> None:
    (name,) = console.house.quarantine
    waiting = console.house.drop("850_3.edi", "another file")
    console.post("/channels/release", 409, name=name, reason="again")
    assert waiting.read_text() == "another file"
    waiting.unlink()


def test_a_file_whose_channel_nobody_knows_needs_one(console: Console) -> None:
    place = console.house.folder / "quarantine"
    (place / "stranger.edi").write_text("who knows")
    console.post("/channels/release", 409, name="stranger.edi", reason="try")
    console.post("/channels/release", 409, name="stranger.edi", channel="nowhere", reason="try")
    console.post("/channels/release", name="stranger.edi", channel="amazon", reason="try")
    assert console.house.waiting == ["stranger.edi"]
    (console.house.folder / "amazon" / "in" / "stranger.edi").unlink()


def test_names_and_reasons_are_text(console: Console) -> None:
    place = console.house.folder / "quarantine"
    (place / f"a{HOSTILE.replace('/', '')}").write_text("x")
    reason = dict.fromkeys(("code", "message", "place", "remedy"), HOSTILE)
    (place / f"a{HOSTILE.replace('/', '')}.reason.json").write_text(json.dumps(reason))
    (place / "b.edi").write_text("x")
    (place / "b.edi.reason.json").write_text("[1, 2")
    page = console.get("/channels").text
    assert HOSTILE not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "There is no reason beside it" in page


def test_giving_back_asks_for_a_reason(console: Console) -> None:
    (name,) = console.house.quarantine
    console.post("/channels/release", 400, name=name, reason="")
    assert name in console.house.quarantine


def test_the_command_line_gives_back_too(console: Console) -> None:
    house = console.house
    house.drop("nonsense.edi", "neither fish nor fowl")
    house.once()
    said = house.run("quarantine", "release", "nonsense.edi", "--reason", "x", "--dry-run").output
    assert "would be moved into" in said
    assert house.waiting == []
    house.run("quarantine", "release", "nonsense.edi", "--reason", "x")
    assert house.waiting == ["nonsense.edi"]
    (house.folder / "amazon" / "in" / "nonsense.edi").unlink()
