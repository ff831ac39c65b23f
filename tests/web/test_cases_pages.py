"""Cases: the list, one of them, and everything that is done with them: each by the command's own function."""

import re

import pytest

from tests.web.conftest import Console, an_answered_order, text_of


def case_of(console: Console, code: str) -> str:
    return next(each["id"] for each in console.house.cases if each["code"] == code)


def test_open_cases_are_listed_with_owner_due_time_and_money(console: Console) -> None:
    page = console.page("/cases")
    for case in console.house.cases:
        assert case["id"] in page
        assert case["message"] in page
        assert case["owner"] in page
    assert "198.00" not in page or "USD" in page


def test_cases_are_narrowed_by_owner_and_kind(console: Console) -> None:
    held, refused = case_of(console, "unknown-item"), case_of(console, "message-refused")
    page = console.get("/cases?owner=item+data").text
    assert (f"/cases/{held}" in page, f"/cases/{refused}" in page) == (True, False)
    page = console.get("/cases?code=message-refused").text
    assert (f"/cases/{held}" in page, f"/cases/{refused}" in page) == (False, True)


def test_a_case_is_resolved_with_name_and_reason_and_then_stands_among_the_closed(console: Console) -> None:
    case = case_of(console, "message-refused")
    answer = console.post(f"/cases/{case}/resolve", reason="it came again")
    assert answer.headers["location"].startswith(f"/cases/{case}")
    shown = console.house.json("cases", "show", case)
    assert (shown["state"], shown["reason"], shown["closed_by"]) == ("closed", "it came again", "Ada")
    assert f"/cases/{case}" in console.get("/cases?state=closed").text
    assert "closed by Ada" in console.page(f"/cases/{case}")
    assert "closed already" in console.post(f"/cases/{case}/resolve", 409, reason="again").text


def test_a_case_that_closes_by_itself_cannot_be_closed_but_its_line_can_be_given_up(console: Console) -> None:
    case = case_of(console, "unknown-item")
    assert "closes by itself" in console.post(f"/cases/{case}/resolve", 409, reason="away with it").text
    console.post(f"/cases/{case}/resolve", reason="not sold any more", reject_line="yes")
    [line] = [each for each in console.house.json("orders", "show", "8RN4LE3B")["lines"] if each["line"] == "2"]
    assert line["rejected"] == "6"
    assert "given up by Ada: not sold any more" in console.page("/orders/8RN4LE3B")


@pytest.mark.parametrize(
    ("fields", "said"), [({"reason": " "}, "say why"), ({"reason": "x", "who": "\n"}, "who you are")]
)
def test_nothing_is_changed_without_a_name_and_a_reason(console: Console, fields: dict[str, str], said: str) -> None:
    case = case_of(console, "message-refused")
    assert said in console.post(f"/cases/{case}/resolve", 400, **fields).text
    assert console.house.json("cases", "show", case)["state"] == "open"


def test_a_case_is_put_off_and_stands_apart_until_then(console: Console) -> None:
    case = case_of(console, "message-refused")
    console.post(f"/cases/{case}/snooze", for_="4h", reason="the sender is asleep")
    assert f'/cases/{case}"' not in console.get("/cases").text
    assert f'/cases/{case}"' in console.get("/cases?state=snoozed").text
    [row] = [each for each in console.house.cases if each["id"] == case]
    assert row["snoozed_until"] == "2026-11-21T01:02:00Z"
    console.post(f"/cases/{case}/snooze", for_="wake")
    assert f'/cases/{case}"' in console.get("/cases").text


def test_several_cases_are_dealt_with_at_once_and_those_that_cannot_be_stay(console: Console) -> None:
    held, refused = case_of(console, "unknown-item"), case_of(console, "message-refused")
    data = {
        "form_token": console.form_token(),
        "who": "Ada",
        "reason": "the day's round",
        "deed": "resolve",
        "case": [held, refused],
    }
    answer = console.client.post("/cases", data=data, headers={"origin": "http://127.0.0.1:8017"})
    assert answer.status_code == 303
    shown = console.get(answer.headers["location"]).text
    assert "1 of 2 done" in text_of(shown)
    assert "closes by itself" in text_of(shown)
    assert f'value="{held}" data-deeds="assign snooze reject-line" aria-label="Choose case {held}" checked' in shown
    states = {case: console.house.json("cases", "show", case)["state"] for case in (held, refused)}
    assert states == {held: "open", refused: "closed"}


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"deed": "resolve"}, "choose at least one"),
        ({"deed": "", "case": "1"}, "choose what"),
        ({"deed": "assign", "case": "1"}, "to whom"),
        ({"deed": "snooze", "case": "1", "for": "9h"}, "how long"),
    ],
)
def test_a_choice_that_is_missing_is_a_sentence(console: Console, fields: dict[str, str], said: str) -> None:
    assert said in console.post("/cases", 400, reason="x", **fields).text


def test_a_form_for_several_cases_with_a_fault_comes_back_as_it_was_filled_in(console: Console) -> None:
    held = case_of(console, "unknown-item")
    path = "/cases?owner=item+data"
    shown = console.post(path, 400, case=held, deed="snooze", owner="Grace", for_="9h", reason='until "Monday"').text
    assert "Nothing was changed: choose how long" in text_of(shown)
    assert "What a person must look at".casefold() in text_of(shown).casefold()
    assert re.search(rf'value="{held}"[^>]* checked>', shown)
    assert '<option value="snooze" selected>' in shown
    for written in ('value="Grace"', 'value="until &#34;Monday&#34;"', 'name="who" value="Ada"'):
        assert written in shown
    assert 'action="/cases?state=open&amp;owner=item+data"' in shown
    assert f"/cases/{case_of(console, 'message-refused')}" not in shown


def test_only_what_the_chosen_cases_allow_is_offered(console: Console) -> None:
    held, refused = case_of(console, "unknown-item"), case_of(console, "message-refused")
    shown = console.get("/cases").text
    assert f'value="{held}" data-deeds="assign snooze reject-line"' in shown
    assert f'value="{refused}" data-deeds="assign snooze resolve"' in shown
    assert offered(shown) == {"assign", "snooze", "resolve", "reject-line"}
    shown = console.post("/cases", 409, case=held, deed="resolve", reason="x").text
    assert offered(shown) == {"assign", "snooze", "reject-line"}
    assert "send the document again" not in console.page("/cases?owner=item+data")


def test_sending_again_is_offered_where_a_document_of_ours_may_go_again(console: Console) -> None:
    house = an_answered_order(console)
    house.once("2026-11-22T21:02:00Z")
    case = case_of(console, "acknowledgement-overdue")
    assert f'value="{case}" data-deeds="assign snooze resolve resend"' in console.get("/cases").text
    console.post("/cases", case=case, deed="resend", reason="they lost it")
    (sent,) = house.json("documents", "list", "--type", "855")
    assert [entry.body["why"] for entry in house.history("event:resent")] == ["they lost it"]
    assert sent["delivery"] == "queued"
    assert f'value="{case}" data-deeds="assign snooze resolve"' in console.get("/cases").text


def offered(page: str) -> set[str]:
    """What may be chosen to be done."""
    deeds = re.search(r'<select name="deed".*?</select>', page, re.DOTALL)
    assert deeds is not None
    return set(re.findall(r'<option value="([a-z-]+)"(?! hidden)', deeds[0]))


def test_cases_are_given_put_off_and_sent_again_at_once(console: Console) -> None:
    held = case_of(console, "unknown-item")
    console.post("/cases", case=held, deed="assign", owner="Grace", reason="hers")
    console.post("/cases", case=held, deed="snooze", for_="1h", reason="later")
    shown = console.house.json("cases", "show", held)
    assert (shown["owner"], shown["snoozed_until"]) == ("Grace", "2026-11-20T22:02:00Z")
    assert "about no document" in console.post("/cases", 409, case=held, deed="resend", reason="x").text
    console.post("/cases", case=held, deed="reject-line", reason="not sold")
    assert console.house.json("cases", "show", held)["state"] == "closed"


def test_somebody_at_work_on_the_journal_is_a_plain_word(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3

    monkeypatch.setattr("gateway.journal.connection.BUSY_SECONDS", 0.05)
    case = case_of(console, "message-refused")
    token = console.form_token()
    other = sqlite3.connect(console.house.folder / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        data = {"form_token": token, "who": "Ada", "reason": "x"}
        headers = {"origin": "http://127.0.0.1:8017"}
        answer = console.client.post(f"/cases/{case}/resolve", data=data, headers=headers)
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert (answer.status_code, "Try again in a moment" in answer.text) == (503, True)
    assert answer.headers["retry-after"]
