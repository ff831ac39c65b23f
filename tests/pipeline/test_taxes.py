"""VAT transactions reports arrive; a month is asked for later on."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gateway.pipeline.selling.taxes import taxes

if TYPE_CHECKING:
    from tests.conftest import House

SAMPLE = (Path(__file__).parents[2] / "samples" / "seller" / "vat.txt").read_text(encoding="utf-8")
ROWS = SAMPLE.splitlines(keepends=True)


def month(house: "House", wanted: str = "2026-06") -> dict[str, Any]:
    with house.journal() as journal:
        found = taxes(journal, "acme", wanted)
    assert found is not None
    return found


@pytest.mark.requirement("27")
def test_a_month_is_complete_and_names_its_file(house: "House") -> None:
    house.drop("vat.txt", SAMPLE)
    house.once("2026-07-03T08:00:00Z")
    said = month(house)
    assert (said["file"], said["rows"], said["is_complete"], said["others"]) == ("vat.txt", 7, True, [])
    assert {total["responsible"] for total in said["totals"]} == {"seller", "marketplace"}
    assert house.cases == []
    with house.journal() as journal:
        assert taxes(journal, "acme", "2026-05") is None


@pytest.mark.requirement("27")
def test_the_same_report_again_changes_nothing(house: "House") -> None:
    house.drop("vat.txt", SAMPLE)
    house.once("2026-07-03T08:00:00Z")
    before = month(house)
    house.drop("vat-again.txt", SAMPLE)
    house.once("2026-07-04T08:00:00Z")
    assert month(house) == before
    assert len(house.history("taxes-repeated")) == 1


def test_of_several_reports_of_a_month_the_fullest_is_meant_and_the_others_are_named(house: "House") -> None:
    for number, rows in enumerate((ROWS[:4], ROWS, ROWS[:3])):
        house.drop(f"vat-{number}.txt", "".join(rows))
        house.once(f"2026-07-0{number + 1}T08:00:00Z")
    said = month(house)
    assert (said["file"], said["rows"]) == ("vat-1.txt", 7)
    assert [(other["file"], other["rows"]) for other in said["others"]] == [("vat-0.txt", 3), ("vat-2.txt", 2)]


def test_a_row_that_cannot_be_read_makes_a_month_incomplete(house: "House") -> None:
    house.drop("vat.txt", SAMPLE.replace("14-06-2026", "soon", 1))
    house.once("2026-07-03T08:00:00Z")
    said = month(house)
    assert (said["rows"], said["unread"], said["is_complete"]) == (6, 1, False)
    assert [case["code"] for case in house.cases] == ["cell-unreadable"]


def test_who_collects_a_tax_in_a_word_that_is_new_is_told(house: "House") -> None:
    house.drop("vat.txt", SAMPLE.replace("RESELLER\tMARKETPLACE", "RESELLER\tPLATFORM"))
    house.once("2026-07-03T08:00:00Z")
    (case,) = house.cases
    assert (case["code"], "PLATFORM" in case["message"]) == ("word-unknown", True)
