"""The page of requirements says what is so: every requirement once, with the tests and mutations that there are."""

import re
from pathlib import Path

import pytest

from tests.requirements import proofs
from tests.requirements.mutations import MUTATIONS
from tests.requirements.page import IDS, PAGE, Entry, entries, marked

ENTRIES = entries()


def test_every_requirement_stands_on_the_page_once() -> None:
    assert [entry.id for entry in ENTRIES] == list(IDS)


def test_the_page_begins_with_what_is_open() -> None:
    is_open = [entry.id for entry in ENTRIES if not entry.is_met]
    *others, last = is_open
    said = f"are {', '.join(others)} and {last}" if others else f"is {last}"
    assert f"\n**Open {said}.** All others are met.\n" in PAGE.read_text(encoding="utf-8")


def test_every_mark_and_every_mutation_names_a_requirement_of_the_page() -> None:
    assert set(marked()) | {mutation.requirement for mutation in MUTATIONS} <= set(IDS)


def test_no_mutation_is_there_twice() -> None:
    said = [(mutation.requirement, mutation.says) for mutation in MUTATIONS]
    assert len(set(said)) == len(said)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_names_the_tests_that_bear_its_mark_and_what_turns_them_red(entry: Entry) -> None:
    assert entry.asks
    assert list(entry.tests) == marked().get(entry.id, [])
    assert list(entry.red) == [mutation.says for mutation in MUTATIONS if mutation.requirement == entry.id]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_a_requirement_is_met_with_proof_or_open_with_what_is_missing(entry: Entry) -> None:
    if entry.is_met:
        assert entry.tests
        assert entry.red
    else:
        assert entry.status.startswith("open: ")
        assert entry.status.endswith(".")
        assert len(entry.status) > len("open: .")


def test_proofs_that_are_missing_or_old_are_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = PAGE.read_text(encoding="utf-8")
    page = tmp_path / "requirements.md"
    page.write_text(
        re.sub(r"(?ms)^- \*\*Proved by:.*?(?=^- )", "", text).replace("red when:** ", "red when:** the old; ")
    )
    monkeypatch.setattr(proofs, "PAGE", page)
    proofs.write_proofs()
    assert page.read_text(encoding="utf-8") == text
