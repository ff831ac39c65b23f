"""The morning list and the countdown, as people and programs read them; and that a turn tells of its cases."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from gateway.journal import Journal
from gateway.queries.morning import left, length

if TYPE_CHECKING:
    from tests.conftest import House

NOW = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)
MORNING = "2026-11-21T09:02:00Z"
COLUMNS = ["what", "partner", "purchase_order", "due_at", "left", "owner", "at_stake"]
UNKNOWN = ("10*EA*7.25*PE*UP*614141000012", "4*EA*12*PE*VN*NEW-1")


@pytest.fixture
def busy(house: "House") -> "House":
    """A good order, one that waits for an item, and a file that is none."""
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.drop("held.edi", house.interchange(house.order("HELD", *UNKNOWN), control=102))
    house.drop("junk.edi", "junk")
    house.once()
    return house


def rows(house: "House", at: str, *options: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.json("deadlines", "--at", at, *options)
    return found


@pytest.mark.requirement("V23")
def test_everything_that_counts_down_is_listed_the_soonest_first(busy: "House") -> None:
    found = rows(busy, MORNING)
    assert [row["due_at"] for row in found] == sorted(row["due_at"] for row in found)
    [case] = [row for row in found if row["case"]]
    assert case == {
        "what": f"case {case['case']}: unknown-item",
        "partner": "amazon-us",
        "purchase_order": "HELD",
        "due_at": "2026-11-21T17:01:00Z",
        "left": "7 h 59 min left",
        "owner": "item data",
        "at_stake": "48.00",
        "case": case["case"],
    }
    assert busy.json("cases", "show", case["case"])["code"] == "unknown-item"
    answers = [row for row in found if row["what"] == "answer"]
    assert {(row["partner"], row["purchase_order"], row["due_at"]) for row in answers} == {
        ("amazon-us", "GOOD", "2026-11-21T21:01:00Z"),
        ("amazon-us", "HELD", "2026-11-21T21:01:00Z"),
    }


def test_the_countdown_is_listed_as_a_table_as_csv_and_cut(busy: "House") -> None:
    assert len(rows(busy, MORNING, "--limit", "2")) == 2
    table = busy.run("deadlines", "--at", "2026-11-21T20:01:00Z").stdout
    assert "3 h late" in table
    assert "1 h left" in table
    found = list(csv.reader(io.StringIO(busy.run("deadlines", "--at", MORNING, "--csv").stdout)))
    assert found[0] == COLUMNS
    assert len(found) == len(rows(busy, MORNING)) + 1


def test_a_case_that_is_about_no_order_says_of_which_partner_it_is(house: "House") -> None:
    with Journal.open(house.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        for subject in ("partner:amazon-eu", "file:7"):
            said = {"message": "m", "remedy": "r", "due_at": NOW + timedelta(hours=12), "subjects": (subject,)}
            tx.open_case(key=subject, code="test", owner="IT", **said)
    assert [(row["partner"], row["purchase_order"]) for row in rows(house, MORNING)] == [
        ("amazon-eu", None),
        (None, None),
    ]


def test_an_order_of_a_partner_that_left_the_config_counts_down_no_more(busy: "House") -> None:
    busy.configure("[partners.amazon-us]", "[partners.amazon-north]")
    busy.configure("[partners.amazon-us.accounts.ACME1]", "[partners.amazon-north.accounts.ACME1]")
    busy.configure('"amazon-us", "amazon-eu"', '"amazon-north", "amazon-eu"')
    assert [row["what"].partition(": ")[2] for row in rows(busy, MORNING)] == ["unknown-item"]
    assert busy.json("status", "--at", MORNING)["cases"][1]["at_stake"] == {"": "48.00"}


def test_nothing_due_is_a_sentence(house: "House") -> None:
    assert house.run("deadlines").stdout == "nothing is due\n"
    assert house.json("deadlines") == []


def test_an_order_that_nobody_waits_for_any_more_has_no_deadline(house: "House") -> None:
    house.drop("held.edi", house.interchange(house.order("HELD", "4*EA*12*PE*VN*NEW-1")))
    house.once()
    [case] = house.cases
    house.run("cases", "resolve", case["id"], "--reject-line", "--at", "2026-11-20T21:03:00Z")
    house.once()
    assert [row for row in rows(house, MORNING) if row["what"] == "answer"] == []


def test_the_morning_list_says_what_is_late_and_what_is_due_today(busy: "House") -> None:
    early, late = (busy.json("status", "--at", at) for at in (MORNING, "2026-11-21T17:02:00Z"))
    assert early["at"] == MORNING
    assert "unknown-item" not in [row["what"].partition(": ")[2] for row in early["late"]]
    whats = [row["what"].partition(": ")[2] or row["what"] for row in early["due_today"]]
    assert "unknown-item" in whats
    assert whats.count("answer") == 2
    assert "unknown-item" in [row["what"].partition(": ")[2] for row in late["late"]]
    assert [row["what"] for row in late["due_today"]].count("answer") == 2
    the_day_before = busy.json("status", "--at", "2026-11-20T23:59:59Z")
    assert {row["due_at"][:10] for row in the_day_before["due_today"]} <= {"2026-11-20"}
    assert "answer" not in [row["what"] for row in (*the_day_before["late"], *the_day_before["due_today"])]


def test_the_morning_list_counts_cases_and_money_by_owner(busy: "House") -> None:
    shown = busy.json("status", "--at", MORNING)
    assert shown["cases"] == [
        {"owner": "IT", "cases": 1, "at_stake": {}},
        {"owner": "item data", "cases": 1, "at_stake": {"USD": "48.00"}},
    ]


def test_money_is_summed_by_currency_and_without_one_where_none_is_known(busy: "House") -> None:
    with Journal.open(busy.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        for key, money in (("a", "1.10"), ("b", "2.20"), ("c", "5.00 EUR"), ("d", "much")):
            tx.open_case(key=key, code="test", owner="finance", message="m", remedy="r", at_stake=money)
    [finance] = [row for row in busy.json("status", "--at", MORNING)["cases"] if row["owner"] == "finance"]
    assert finance == {"owner": "finance", "cases": 4, "at_stake": {"": "3.30", "EUR": "5.00"}}
    assert "3.30, 5.00 EUR" in busy.run("status", "--at", MORNING).stdout


def test_the_morning_list_knows_outbox_quarantine_and_when_partners_came(busy: "House") -> None:
    shown = busy.json("status", "--at", MORNING)
    assert shown["outbox"] == {"waiting": 0, "oldest_at": None, "failed": 0}
    assert shown["quarantine"] == 1
    assert shown["partners"] == [
        {"partner": "amazon-us", "last_contact_at": "2026-11-20T21:02:00Z", "ago": "12 h"},
        {"partner": "amazon-eu", "last_contact_at": None, "ago": None},
    ]
    with Journal.open(busy.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        tx.queue(channel="amazon", name="late.edi", data=b"ISA", next_at=NOW + timedelta(days=9))
    assert busy.json("status")["outbox"]["waiting"] == 1
    assert busy.json("status")["outbox"]["oldest_at"] == "2026-11-20T21:02:00Z"


@pytest.mark.requirement("V7")
def test_what_stands_still_is_seen(busy: "House") -> None:
    def still(at: str) -> set[tuple[str, str]]:
        return {(row["number"], row["what"]) for row in busy.json("status", "--at", at)["stalled"]}

    assert ("GOOD", "posted and not booked") in still(MORNING)
    assert not any(number == "HELD" for number, _ in still("2026-11-21T21:01:59Z"))
    assert ("HELD", "held, and nothing has moved") in still("2026-11-21T21:02:00Z")
    result = {"document": "posting-result", "version": 1, "id": "amazon-us:GOOD", "result": "booked", "number": "S1"}
    busy.erp_says("result.json", {**result, "message": None})
    busy.once("2026-11-20T22:00:00Z")
    assert not any(number == "GOOD" for number, _ in still(MORNING))


@pytest.mark.requirement("V7")
def test_what_is_blocked_and_what_nobody_acknowledged_is_seen(busy: "House") -> None:
    with Journal.open(busy.folder / "journal.db") as journal, journal.transaction(NOW) as tx:
        said: dict[str, Any] = {"direction": "out", "partner": "amazon-us", "body": {}}
        blocked = tx.store_document(type="810", business_number="I1", validation="blocked", **said)
        tx.store_document(type="856", business_number="S1", acknowledgement="overdue", **said)
    shown = busy.json("status", "--at", MORNING)
    assert [each["id"] for each in shown["blocked"]] == [blocked]
    assert {"partner": "amazon-us", "number": "S1", "since": "2026-11-20T21:02:00Z"} in [
        {name: row[name] for name in ("partner", "number", "since")}
        for row in shown["stalled"]
        if row["what"] == "856 not acknowledged"
    ]
    text = busy.run("status", "--at", MORNING).stdout
    assert "blocked documents:\n" in text
    assert "I1" in text


def test_a_quiet_morning_is_a_short_list(house: "House") -> None:
    assert house.run("status", "--at", MORNING).stdout.splitlines() == [
        *(f"at {MORNING}", "", "late: none", "", "due today: none", "", "blocked documents: none"),
        *(
            "",
            "parked documents: none",
            "",
            "standing still: none",
            "",
            "open cases: none",
            "",
            "outbox: 0 files waiting",
        ),
        *("quarantine: 0 files", "amazon-us: has never come", "amazon-eu: has never come"),
    ]


def test_a_busy_morning_can_be_read(busy: "House") -> None:
    text = busy.run("status", "--at", MORNING).stdout
    assert "standing still:\n" in text
    assert "48.00 USD" in text
    assert "quarantine: 1 file\n" in text
    assert "amazon-us: last came 2026-11-20T21:02:00Z, 12 h ago\n" in text


def test_a_quarantine_that_is_gone_is_said(house: "House") -> None:
    (house.folder / "quarantine").rmdir()
    assert house.json("status")["quarantine"] is None
    assert "quarantine: cannot be read" in house.run("status").stdout


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "due now"),
        (59, "due now"),
        (-59, "due now"),
        (60, "1 min left"),
        (-60, "1 min late"),
        (3599, "59 min left"),
        (3600, "1 h left"),
        (12_000, "3 h 20 min left"),
        (-7200, "2 h late"),
        (86_400 + 3599, "1 d left"),
        (90_000, "1 d 1 h left"),
        (-2_678_460, "31 d late"),
    ],
)
def test_what_is_left_is_said_in_words(seconds: int, words: str) -> None:
    assert left(NOW + timedelta(seconds=seconds), NOW) == words


def test_a_length_is_never_rounded_up() -> None:
    assert length(timedelta(hours=1, seconds=-1)) == "59 min"


def test_a_turn_tells_of_its_cases_once(busy: "House") -> None:
    queued = busy.history("alert-queued")
    assert sorted(entry.body["to"][0] for entry in queued) == ["log", "log"]
    told = busy.once("2026-11-20T21:03:00Z")
    assert '"alert"' not in told.stderr
    later = busy.once("2026-11-21T16:00:00Z")
    alerts = [json.loads(line) for line in later.stderr.splitlines() if '"event": "alert"' in line]
    [alert] = [alert for alert in alerts if alert["code"] == "unknown-item"]
    assert alert["reason"] == "due-soon"
    assert alert["see"] == f"gateway cases show {alert['case']}"
    history = busy.json("cases", "show", alert["case"])["history"]
    kinds = ["case-opened", "alert-queued", "alert-sent", "alert-queued", "alert-sent"]
    assert [entry["kind"] for entry in history] == kinds


def test_a_deadline_that_is_a_case_counts_down_once(busy: "House") -> None:
    def bookings(at: str) -> list[str]:
        found = [row["what"] for row in rows(busy, at) if row["purchase_order"] == "GOOD"]
        return [what.partition(": ")[2] or what for what in found if "booking" in what]

    assert bookings(MORNING) == ["booking"]
    busy.once(MORNING)
    assert bookings(MORNING) == ["booking-due"]


def test_what_opens_and_closes_within_a_turn_is_nobodys_business(house: "House") -> None:
    house.drop("held.edi", house.interchange(house.order("HELD", "4*EA*12*PE*VN*NEW-1")))
    house.once()
    house.items("ACME-9,amazon-us,NEW-1,VN,,,,active,,no,no,", name="items.delta.csv")
    (house.folder / "erp" / "in").rename(house.folder / "away")
    house.once("2026-11-20T21:04:00Z")
    (house.folder / "away").rename(house.folder / "erp" / "in")
    assert len(house.history("alert-queued")) == 2  # the item, and the channel that failed
    house.once("2026-11-20T21:05:00Z")
    assert house.cases == []
    assert len(house.history("alert-queued")) == 2


def test_a_turn_notices_that_a_partner_is_silent(house: "House") -> None:
    house.configure('silence_after     = "habit"', 'silence_after     = "2d"')
    house.drop("good.edi", house.interchange(house.order("GOOD")))
    house.once()
    house.once("2026-11-22T21:02:00Z")
    assert "partner-silent" not in [case["code"] for case in house.cases]
    told = house.once("2026-11-22T21:03:00Z")
    [silent] = [case for case in house.cases if case["code"] == "partner-silent"]
    assert silent["owner"] == "IT"
    assert "partner-silent" in told.stderr
    house.drop("next.edi", house.interchange(house.order("NEXT"), control=102))
    house.once("2026-11-23T08:00:00Z")
    assert "partner-silent" not in [case["code"] for case in house.cases]
