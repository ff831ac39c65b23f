"""The register says of orders, documents and cases what the journal says, follows it, and is made again when lost."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from gateway import queries
from gateway.config import load
from gateway.errors import CannotCreate
from gateway.queries.listings import to_the_second
from gateway.register import Register
from gateway.register.tables import INDEXES
from tests.conftest import House

NOW = datetime(2026, 11, 20, 21, 5, tzinfo=UTC)


def register_of(house: House) -> Register:
    register = Register(load(house.config))
    with house.journal() as journal:
        register.make(journal)
    return register


def is_what_the_journal_says(house: House, register: Register) -> None:
    """Every row of the listings, compared key by key."""
    with house.journal() as journal:
        orders = {row["purchase_order"]: row for row in queries.orders(journal)}
        documents = [queries.document_line(document) for document in journal.documents()]
        cases = [queries.case_line(case) for case in journal.cases()]
    found = {row["purchase_order"]: row for row in register.orders(limit=1000)}
    assert found.keys() == orders.keys()
    for number, row in orders.items():
        assert {name: found[number][name] for name in row} == row
    shown = [{name: row[name] for name in documents[0]} for row in reversed(register.documents(limit=1000))]
    assert shown == documents
    names = ("id", "code", "owner", "state", "message", "remedy", "due_at", "opened_at")
    told = sorted(register.cases(NOW, state="all"), key=lambda row: int(row["id"]))
    assert [[row[name] for name in names] for row in told] == [[case[name] for name in names] for case in cases]


def work(house: House) -> None:
    """Orders that go on, wait and are refused; the ERP's word; a case resolved."""
    house.drop("1.edi", house.interchange(house.order("4XK7PL2Q")))
    house.drop("2.edi", house.interchange(house.order("8RN4LE3B", "6*EA*12*PE*VN*ACM-NEW"), control=102))
    house.drop("3.edi", house.interchange(house.order("9SP5MF4C", "1X*EA*7.25*PE*UP*614141000012"), control=103))
    house.once()
    said = {"document": "posting-result", "version": 1, "id": "amazon-us:4XK7PL2Q", "number": "SO-1", "message": None}
    house.erp_says("posting-result.1.json", {**said, "result": "booked"})
    house.once("2026-11-20T21:03:00Z")


def test_it_says_what_the_listings_say(house: House) -> None:
    work(house)
    is_what_the_journal_says(house, register_of(house))


def test_it_follows_the_journal_step_by_step_as_if_it_had_been_made_at_the_end(house: House) -> None:
    register = register_of(house)
    work(house)
    with house.journal() as journal:
        while not register.keep_up(journal, 5):
            pass
    is_what_the_journal_says(house, register)
    house.run("cases", "resolve", house.cases[-1]["id"], "--reason", "came again")
    house.items("ACME-9,amazon-us,ACM-NEW,VN,,,,active,12,no,no,")
    house.once("2026-11-20T21:04:00Z")
    with house.journal() as journal:
        register.make(journal)
    is_what_the_journal_says(house, register)


def test_a_register_that_is_deleted_is_made_again(house: House) -> None:
    work(house)
    register = register_of(house)
    for path in house.folder.glob("journal.db.register*"):
        path.unlink()
    assert register.share_done == 0.0
    with house.journal() as journal:
        register.make(journal)
    assert register.share_done == 1.0
    is_what_the_journal_says(house, register)


def test_it_says_how_far_its_first_making_is_and_is_the_same_in_whatever_slices(house: House, monkeypatch) -> None:
    work(house)
    monkeypatch.setattr("gateway.register.register.SLICE", 5)
    register = Register(load(house.config))
    shares = [register.share_done]
    with house.journal() as journal:
        while not register.keep_up(journal, 0):
            shares.append(register.share_done)
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert len({share for share in shares if 0 < share <= 0.66}) == 3  # one for each order that was taken or refused
    assert max(share for share in shares if share < 1) > 0.95
    assert register.share_done == 1.0
    is_what_the_journal_says(house, register)


def test_a_register_that_was_made_at_once_has_every_index(house: House) -> None:
    work(house)
    register = register_of(house)
    with closing(sqlite3.connect(register.path)) as connection:
        (count,) = connection.execute(
            "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql NOT NULL"
        ).fetchone()
    assert count == len(INDEXES)


def test_documents_of_days_are_those_of_the_command_also_where_times_go_back(house: House) -> None:
    for day, control in ((22, 101), (20, 102), (24, 103), (21, 104)):
        house.drop(f"{day}.edi", house.interchange(house.order(f"A{day}"), control=control))
        house.once(f"2026-11-{day}T21:02:00Z")
    register = register_of(house)
    for since, until in ((20, 20), (21, 22), (23, 23), (24, 24), (19, 30), (None, 21), (23, None), (1, 2)):
        days = {name: f"2026-11-{day:02}" for name, day in (("since", since), ("until", until)) if day}
        asked = [word for name, day in days.items() for word in (f"--{name}", day)]
        wanted = [row["id"] for row in house.json("documents", "list", *asked)]
        assert [row["id"] for row in reversed(register.documents(limit=1000, **days))] == wanted
    assert len(register.documents(limit=1000, since="2026-11-20", until="2026-11-20")) > 0


def test_a_register_of_another_history_is_made_anew(house: House, make_house) -> None:
    work(house)
    register = register_of(house)
    other = make_house("other")
    other.drop("1.edi", other.interchange(other.order("2TQ6NG5D")))
    other.once()
    stranger = Register(load(other.config))
    stranger.path = register.path
    with other.journal() as journal:
        stranger.make(journal)
    assert [row["purchase_order"] for row in stranger.orders()] == ["2TQ6NG5D"]


def test_a_register_goes_back_with_a_journal_that_was_restored(house: House, tmp_path) -> None:
    house.run("journal", "backup", str(tmp_path / "b.db"))
    work(house)
    register = register_of(house)
    assert len(register.orders()) == 2
    (house.folder / "journal.db").write_bytes((tmp_path / "b.db").read_bytes())
    with house.journal() as journal:
        register.make(journal)
    assert register.orders() == []
    assert register.documents() == []


def test_a_damaged_register_says_to_delete_it(house: House) -> None:
    register = Register(load(house.config))
    register.path.write_bytes(b"no database at all" * 100)
    with house.journal() as journal, pytest.raises(CannotCreate, match="delete it"):
        register.keep_up(journal)


def test_deadlines_are_those_of_the_command(house: House) -> None:
    work(house)
    register = register_of(house)
    rows = house.json("deadlines", "--at", to_the_second(NOW))
    assert [row["due_at"] for row in register.deadlines(NOW, 100)] == [row["due_at"] for row in rows]
    assert [row["left"] for row in register.deadlines(NOW, 100)] == [row["left"] for row in rows]
    late, soon = register.count_due(NOW, NOW + timedelta(hours=24))
    due = [datetime.fromisoformat(row["due_at"]) for row in rows]
    assert (late, soon) == (sum(at < NOW for at in due), sum(NOW <= at < NOW + timedelta(hours=24) for at in due))
    # Later, cases tell of the same deadlines: they count once.
    house.once("2026-11-21T21:10:00Z")
    later = datetime(2026, 11, 21, 21, 10, tzinfo=UTC)
    register = register_of(house)
    rows = house.json("deadlines", "--at", to_the_second(later))
    assert [row["due_at"] for row in register.deadlines(later, 100)] == [row["due_at"] for row in rows]
    assert register.count_due(later, later)[0] == sum(datetime.fromisoformat(row["due_at"]) < later for row in rows)


def test_cases_by_owner_are_those_of_the_morning_list(house: House) -> None:
    work(house)
    register = register_of(house)
    morning = house.json("status", "--at", to_the_second(NOW))["cases"]
    found = [{name: row[name] for name in ("owner", "cases", "at_stake")} for row in register.owners(NOW)]
    assert found == morning


def test_what_came_and_went_is_counted_by_the_hour(house: House) -> None:
    work(house)
    [hour] = register_of(house).throughput(NOW, 1)
    with house.journal() as journal:
        ways = [document.direction for document in journal.documents()]
    assert hour == {"hour": "2026-11-20T21", "in": ways.count("in"), "out": ways.count("out")}
