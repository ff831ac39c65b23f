"""Much that waits is a case, very much another, and what is beyond a quota is left where it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.config import Channel, read_example
from gateway.instance import mappings_of
from gateway.journal import Journal
from gateway.pipeline import Catalogue, Desk
from gateway.pipeline.backlog import (
    Backlog,
    backlog_problem,
    look_at_backlog,
    look_at_unsettled,
    quota_problem,
    within_quota,
)
from gateway.transports import Entry

AT = datetime(2026, 11, 20, 21, 2, tzinfo=UTC)


def waiting(count: int, size: int = 10) -> tuple[Entry, ...]:
    first = int(AT.timestamp()) * 10**9
    return tuple(Entry(name=b"%d" % n, size=size, mtime_ns=first + n * 60 * 10**9) for n in range(count))


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.create(tmp_path / "journal.db", AT) as journal:
        yield journal


def channel(name: str = "amazon", /, **settings: int) -> Channel:
    """A channel with the settings of the example but for these."""
    found = read_example().channels["amazon"].model_copy(update={"backlog_warn": 3, "backlog_alarm": 5, **settings})
    found._name = name
    return found


def look(journal: Journal, count: int, **settings: int) -> list[str]:
    """Look at so many waiting files; the keys of the cases that are open then."""
    with journal.transaction(AT) as tx:
        desk = Desk(read_example(), mappings_of(None), Catalogue(), tx, AT)
        look_at_backlog(desk, channel(**settings), waiting(count))
    return [case.key for case in journal.open_cases()]


def test_a_backlog_is_counted_and_knows_its_oldest() -> None:
    assert Backlog.of(()) == Backlog(0, 0, None)
    backlog = Backlog.of(waiting(3))
    assert backlog == Backlog(3, 30, AT)
    assert backlog.said == "3 files with 30 bytes, the oldest of 2026-11-20 21:02 by its own clock"


@pytest.mark.parametrize(
    ("files", "key"),
    [(99, None), (100, "warning"), (399, "warning"), (400, "alarm"), (5000, "alarm")],
)
def test_a_hundred_files_are_a_problem_and_four_hundred_an_urgent_one(files: int, key: str | None) -> None:
    problem = backlog_problem("amazon", Backlog(files, 1, AT))
    assert (problem and problem.key) == (key and f"channel:amazon:backlog-{key}")
    if problem:
        assert (problem.code, problem.owner, problem.subjects) == ("backlog", "IT", ("channel:amazon",))
        assert problem.message.startswith(f"channel amazon: {files} files with 1 bytes")
        assert ("may soon send no more" in problem.message) == (files >= 400)


def test_its_case_opens_once_and_closes_when_less_waits(journal: Journal) -> None:
    assert look(journal, 2) == []
    assert look(journal, 3) == ["channel:amazon:backlog-warning"]
    entries = len(list(journal.entries(limit=1000)))
    assert look(journal, 4) == ["channel:amazon:backlog-warning"]
    assert len(list(journal.entries(limit=1000))) == entries  # nothing is written while it lasts
    assert look(journal, 5) == ["channel:amazon:backlog-alarm"]
    assert look(journal, 3) == ["channel:amazon:backlog-warning"]
    assert look(journal, 0) == []
    assert {case.reason for case in journal.cases(state="closed")} == {"less waits now"}


def test_another_channels_case_is_left_alone(journal: Journal) -> None:
    look(journal, 3)
    with journal.transaction(AT) as tx:
        desk = Desk(read_example(), mappings_of(None), Catalogue(), tx, AT)
        assert look_at_backlog(desk, channel("ama"), ()) == 0
    assert len(journal.open_cases()) == 1


@pytest.mark.parametrize(
    ("files", "size", "kept"),
    [(None, None, 4), (9, 99, 4), (2, None, 2), (None, 30, 3), (None, 29, 2), (3, 20, 2), (None, 5, 1), (0, None, 1)],
)
def test_the_oldest_that_fit_a_quota_are_taken_and_one_always_is(
    files: int | None, size: int | None, kept: int
) -> None:
    assert within_quota(waiting(4), files, size) == waiting(4)[:kept]


def test_nothing_fits_any_quota() -> None:
    assert within_quota((), 0, 0) == ()


def test_what_is_beyond_a_quota_is_a_case_until_all_fits(journal: Journal) -> None:
    assert quota_problem("amazon", ()) is None
    assert look(journal, 2, quota_files=1, quota_size=100) == ["channel:amazon:quota-exceeded"]
    (case,) = journal.open_cases()
    assert (case.code, case.owner) == ("quota-exceeded", "IT")
    assert "left untouched: 1 files with 10 bytes" in case.message
    assert look(journal, 1, quota_files=1) == []


def test_a_file_that_never_rests_is_a_case_until_it_does(journal: Journal) -> None:
    def look_at(*entries: Entry) -> int:
        with journal.transaction(AT) as tx:
            desk = Desk(read_example(), mappings_of(None), Catalogue(), tx, AT)
            return look_at_unsettled(desk, "amazon", entries)

    first, second = waiting(2)
    assert look_at(first) == 1
    assert look_at(first, second) == 1
    assert look_at(first, second) == 0
    assert {case.code for case in journal.open_cases()} == {"file-unsettled"}
    assert look_at(second) == 1
    (case,) = journal.open_cases()
    assert case.message == "channel amazon: 1 keeps changing, and is not taken before it rests"
    assert look_at() == 1
    assert journal.open_cases() == []
