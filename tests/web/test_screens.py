"""Today, orders, one order, search, audit and health: what they say is what the commands say."""

import json
import re
from collections.abc import Callable

import pytest

from gateway.register import Register
from gateway.web.templating import prose
from tests.web.conftest import Console

LATER = "2026-11-20T21:06:00Z"


def test_today_counts_what_is_due_open_and_standing_still(console: Console) -> None:
    page = console.page("/")
    status = console.house.json("status", "--at", console.house.now)
    assert f"{sum(each['cases'] for each in status['cases'])} open cases" in page
    assert "amazon-eu" in page
    assert "never yet" in page
    for row in status["due_today"]:
        assert row["purchase_order"] in page
    assert "gateway status" in console.get("/").text


def test_today_says_that_nothing_leaves_while_it_is_paused(console: Console) -> None:
    from datetime import UTC, datetime

    from gateway.journal import Journal

    with (
        Journal.open(console.house.folder / "journal.db") as journal,
        journal.transaction(datetime(2026, 11, 20, 21, 3, tzinfo=UTC)) as tx,
    ):
        tx.pause("Ada", "restored from a backup")
    assert "Nothing leaves since" in console.page("/")
    assert "restored from a backup" in console.page("/health")


def test_orders_are_listed_with_stage_money_and_what_keeps_them(console: Console) -> None:
    page = console.page("/orders")
    for row in console.house.json("orders", "list"):
        assert row["purchase_order"] in page
        assert row["stage"] in page
        assert row["amount"] in page
    assert "no item is known" in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=4XK7PL2Q", {"4XK7PL2Q"}),
        ("q=4xk7", {"4XK7PL2Q"}),
        ("q=ACME-1", {"4XK7PL2Q", "8RN4LE3B"}),
        ("q=10614141000026", {"4XK7PL2Q"}),
        ("q=614141000012", {"4XK7PL2Q", "8RN4LE3B"}),
        ("stage=held", {"8RN4LE3B"}),
        ("ship_to=phx6", {"4XK7PL2Q", "8RN4LE3B"}),
        ("q=ACME-1&stage=held&ship_to=PHX6", {"8RN4LE3B"}),
        ("since=2026-11-20&until=2026-11-20", {"4XK7PL2Q", "8RN4LE3B"}),
        ("since=2026-11-21", set()),
        ("until=2026-11-19", set()),
        ("partner=amazon-eu", set()),
        ("q=NOTHING", set()),
    ],
)
def test_orders_are_found(console: Console, asked: str, found: set[str]) -> None:
    page = console.page(f"/orders?{asked}")
    assert {number for number in ("4XK7PL2Q", "8RN4LE3B") if f"{number} " in page} == found


def test_a_day_that_is_none_is_a_sentence(console: Console) -> None:
    assert "no day" in console.get("/orders?since=yesterday", 400).text


def test_many_orders_come_page_by_page_each_once(console: Console) -> None:
    house = console.house
    numbers = [f"M{n:07}" for n in range(60)]
    house.drop(
        "many.edi", house.interchange(*(house.order(n, "1*EA*7.25*PE*UP*614141000012") for n in numbers), control=9)
    )
    house.once("2026-11-20T21:03:00Z")
    first = console.get("/orders")
    following = first.text.partition('href="/orders?after=')[2].partition('"')[0]
    second = console.get(f"/orders?after={following}")
    shown = [sum(f">{number}</a>" in page.text for page in (first, second)) for number in numbers]
    assert shown == [1] * 60


def test_the_list_of_a_search_is_the_list_of_the_command(console: Console) -> None:
    rows = console.house.json("orders", "list", "--search", "ACME-1", "--stage", "held")
    assert [row["purchase_order"] for row in rows] == ["8RN4LE3B"]
    assert "gateway orders list --search ACME-1 --stage held" in console.get("/orders?q=ACME-1&stage=held").text


def test_an_order_shows_ledger_lanes_gaps_and_remedy(console: Console) -> None:
    page = console.page("/orders/8RN4LE3B")
    shown = console.house.json("orders", "show", "8RN4LE3B")
    for line in shown["lines"]:
        assert f"{line['ordered'] or '–'}" in page
    for gap in shown["gaps"]:
        assert gap["message"] in page
        assert gap["remedy"] in page
        assert gap["owner"] in page
    for document in shown["documents"]:
        assert f'href="/documents/{document["id"]}"' in console.get("/orders/8RN4LE3B").text
    assert "answer: 23 h 59 min left" in page


def test_an_order_that_nobody_took_is_a_sentence(console: Console) -> None:
    assert "no order NOSUCH" in console.page("/orders/NOSUCH", 404)
    assert "There is no partner nobody" in console.page("/orders/4XK7PL2Q?partner=nobody", 404)


@pytest.mark.parametrize(
    ("asked", "target"),
    [
        ("4xk7pl2q", "/orders/4XK7PL2Q?partner=amazon-us"),
        ("ACME-1", "/orders?q=ACME-1"),
        ("000000001", "/documents?q=000000001"),
        ("", "/orders"),
    ],
)
def test_the_search_box_leads_where_the_words_point(console: Console, asked: str, target: str) -> None:
    assert console.get(f"/search?q={asked}", 303).headers["location"] == target


def test_the_search_box_leads_to_cases_and_documents_by_their_ids(console: Console) -> None:
    case, document = console.house.cases[0]["id"], console.house.json("documents", "list")[0]["id"]
    assert console.get(f"/search?q={case}", 303).headers["location"] == f"/cases/{case}"
    assert console.get(f"/search?q={document}", 303).headers["location"] == f"/documents/{document}"
    assert "Nothing is called" in console.page("/search?q=ZZZZ", 404)


def test_health_is_json_for_machines_and_a_page_for_people(console: Console) -> None:
    said = json.loads(console.get("/health", accept="*/*").text)
    assert (said["status"], said["entries"]) == ("ok", console.house.history()[-1].seq)
    assert "The journal can be read" in console.page("/health")


def test_a_journal_that_cannot_be_read_is_said_with_503(console: Console) -> None:
    console.get("/")
    console.house.is_sound = False
    (console.house.folder / "journal.db").write_bytes(b"no journal" * 1000)
    assert console.client.get("/health").status_code == 503
    assert "not a journal" in console.page("/orders", 503)


def test_audit_says_who_did_what_and_why(console: Console) -> None:
    assert "Nobody has done anything" in console.page("/audit")
    case = next(each["id"] for each in console.house.cases if each["code"] == "message-refused")
    console.post(f"/cases/{case}/resolve", reason="it came again")
    console.house.run("cases", "note", case, "seen", "--at", LATER)
    page = console.page("/audit")
    assert "Ada case closed" in page
    assert "it came again" in page
    assert [row["kind"] for row in console.house.json("audit")] == ["case-noted", "case-closed"]
    assert "it came again" not in console.page("/audit?who=nobody")
    assert [row["who"] for row in console.house.json("audit", "--who", "ada")] == ["Ada"]


def test_a_page_that_is_not_there_is_a_plain_page(console: Console) -> None:
    assert "no such page" in console.page("/nowhere", 404)


def test_while_the_register_is_made_every_page_says_how_far_it_is(
    console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.register.register.SLICE", 5)
    monkeypatch.setattr("gateway.register.register.Register.keep_up", slowly(Register.keep_up))
    for address in ("/", "/orders", "/documents", "/cases", "/health"):
        assert re.search("is being made: [0-9]+ % is done", console.page(address)), address
    while "is being made" in (page := console.page("/documents")):
        pass
    assert "4XK7PL2Q" in page


def slowly(keep_up: Callable[..., bool]) -> Callable[..., bool]:
    """Keeping up by one slice at a time."""
    return lambda register, journal: keep_up(register, journal, 0)


def test_a_command_in_a_remedy_is_set_apart_and_nothing_in_it_is_markup() -> None:
    assert prose("see `gateway explain <b>`, `one` ` & two") == (
        "see <code>gateway explain &lt;b&gt;</code>, <code>one</code> ` &amp; two"
    )
