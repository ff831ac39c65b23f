"""What a person does to a case, by the command line: kept with who and why, and open as long as it is put off."""

import pytest

from gateway.queries.case_steps import step
from tests.conftest import House

AT = "2026-11-20T21:10:00Z"


def refused(house: House) -> str:
    house.drop("850.edi", house.interchange(house.order("9SP5MF4C", "1X*EA*7.25*PE*UP*614141000012")))
    house.once()
    [case] = house.cases
    return str(case["id"])


def test_a_remark_stays_with_a_case_also_a_closed_one(house: House) -> None:
    case = refused(house)
    house.run("cases", "note", case, "called them", "--at", AT)
    house.run("cases", "resolve", case, "--reason", "sent again")
    house.run("cases", "note", case, "it came", "--at", AT)
    assert [each["text"] for each in house.json("cases", "show", case)["notes"]] == ["called them", "it came"]
    assert "note of 2026-11-20T21:10:00Z" in house.run("cases", "show", case).output


def test_a_case_that_is_put_off_is_open_and_says_until_when(house: House) -> None:
    case = refused(house)
    house.run("cases", "snooze", case, "--until", "2026-11-21T08:00:00Z", "--reason", "they sleep", "--at", AT)
    [row] = house.cases
    assert (row["state"], row["snoozed_until"]) == ("open", "2026-11-21T08:00:00Z")
    house.run("cases", "wake", case, "--at", AT)
    assert house.cases[0]["snoozed_until"] is None


def test_a_case_is_put_off_until_it_is_due_and_no_longer(house: House) -> None:
    case = refused(house)
    due_at = house.cases[0]["due_at"]
    house.run("cases", "snooze", case, "--until", due_at, "--reason", "x", "--at", AT)
    late = house.run("cases", "snooze", case, "--until", "2026-11-22T21:00:00Z", "--reason", "x", "--at", AT, code=65)
    assert f"until {due_at} at most" in late.output
    house.run("cases", "snooze", case, "--until", "2026-11-20T21:00:00Z", "--reason", "x", "--at", AT, code=65)


def test_a_case_that_is_overdue_is_put_off_for_a_day_at_most(house: House) -> None:
    case = refused(house)
    after = "2026-11-23T00:00:00Z"
    house.run("cases", "snooze", case, "--until", "2026-11-24T00:00:00Z", "--reason", "x", "--at", after)
    house.run("cases", "snooze", case, "--until", "2026-11-24T00:00:01Z", "--reason", "x", "--at", after, code=65)


def test_a_closed_case_is_not_put_off(house: House) -> None:
    case = refused(house)
    house.run("cases", "resolve", case, "--reason", "sent again")
    until = "2026-11-21T08:00:00Z"
    assert (
        "closed already"
        in house.run("cases", "snooze", case, "--until", until, "--reason", "x", "--at", AT, code=1).output
    )


def test_a_dry_run_changes_nothing(house: House) -> None:
    case = refused(house)
    before = house.history()[-1].seq
    house.run("cases", "note", case, "x", "--dry-run")
    house.run("cases", "snooze", case, "--until", "2026-11-21T08:00:00Z", "--reason", "x", "--at", AT, "--dry-run")
    house.run("cases", "wake", case, "--dry-run")
    assert house.history()[-1].seq == before


@pytest.mark.parametrize(
    ("kind", "body", "said"),
    [
        (
            "alert-queued",
            {"reason": "due-soon", "to": ["email:anna@example.com"]},
            "anna@example.com is to be told by email, it is nearly due",
        ),
        (
            "alert-queued",
            {"reason": "escalated-to-finance", "to": ["log"]},
            "a line is to be written to the log, escalated to finance",
        ),
        ("alert-sent", {"to": "email:anna@example.com", "alerts": [7]}, "anna@example.com was told by email, "),
        ("alert-sent", {"to": "log", "alerts": [7]}, "a line was written to the log, "),
        (
            "alert-failed",
            {"to": "webhook:https://x", "alerts": [7], "error": "no answer"},
            "https://x could not be told by webhook, no answer",
        ),
        ("case-closed", {"reason": "it came", "closed_by": "Ada"}, "closed, it came"),
        ("case-snoozed", {"until": None, "who": "Ada", "why": "woken"}, "shown again, woken"),
        ("event:gate-overridden", {"who": "Ada", "why": "on paper"}, "gate overridden, on paper"),
    ],
)
def test_what_happened_to_a_case_is_said_in_words(kind: str, body: dict[str, object], said: str) -> None:
    told = step({"at": AT, "kind": kind, "body": body})
    assert f"{told['what']}, {told['detail']}" == said
    assert told["who"] == body.get("who", body.get("closed_by", "gateway"))
