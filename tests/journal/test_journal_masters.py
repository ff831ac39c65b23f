from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.journal import Journal, verify
from gateway.journal.masters import EMPTY, total


def _item(sku: str, pack: str, valid_from: date | str = "2026-01-01") -> dict[str, object]:
    return {
        "sku": sku,
        "partner": None,
        "partner_item": sku,
        "scheme": "VN",
        "case_pack": pack,
        "valid_from": valid_from,
    }


def test_a_file_adds_or_replaces_the_rows_it_names(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert tx.update_master("items", [_item("A", "12"), _item("B", "6")]) == 2
        assert tx.update_master("items", [_item("B", "8"), _item("C", "1")]) == 2
    assert [(row["sku"], row["case_pack"]) for row in journal.master("items")] == [("A", "12"), ("B", "8"), ("C", "1")]
    assert verify(journal).ok


def test_a_then_b_then_a_again_is_three_snapshots(journal: Journal, at: datetime) -> None:
    versions = [journal.catalogue_version()]
    for pack in ("12", "6", "12"):
        with journal.transaction(at) as tx:
            assert tx.update_master("items", [_item("A", pack)]) == 1
        versions.append(journal.catalogue_version())
        assert journal.master("items")[0]["case_pack"] == pack
    assert versions == sorted(set(versions))
    assert versions[0] == 0
    assert verify(journal).ok


def test_rows_that_are_as_they_were_are_no_change(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.update_master("items", [_item("A", "12", date(2026, 1, 1))])
        version = tx.catalogue_version()
        assert tx.update_master("items", [_item("A", "12", "2026-01-01")]) == 0
        assert tx.catalogue_version() == version
    assert [entry.kind for entry in journal.events("master:items")] == ["master-updated", "master-unchanged"]


def test_of_two_rows_with_one_name_the_later_counts(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        assert tx.update_master("items", [_item("A", "12"), _item("A", "6")]) == 1
        assert tx.update_master("items", [_item("A", "12"), _item("A", "6")]) == 0
    assert verify(journal).ok


def test_an_item_may_have_a_row_from_each_date(journal: Journal, at: datetime) -> None:
    with journal.transaction(at) as tx:
        tx.update_master("items", [_item("A", "12"), _item("A", "10", "2027-01-01")])
    assert [row["valid_from"] for row in journal.master("items")] == ["2026-01-01", "2027-01-01"]


def test_every_master_has_its_table(journal: Journal, at: datetime) -> None:
    rows: dict[str, dict[str, str]] = {
        "locations": {"code": "PHX6", "scheme": "92", "partner": "amazon-us", "role": "ship-to"},
        "terms": {"account": "ACME1", "net_days": "60"},
        "stock": {"sku": "ACME-1", "location": "ACME1", "available": "7"},
    }
    with journal.transaction(at) as tx:
        for kind, row in rows.items():
            tx.update_master(kind, [row])
    assert {kind: journal.master(kind) for kind in rows} == {kind: [row] for kind, row in rows.items()}
    assert journal.master("items") == []
    with pytest.raises(KeyError):
        journal.master("prices")


@given(st.lists(st.text()), st.lists(st.text()))
def test_the_sum_of_rows_does_not_depend_on_how_they_came(first: list[str], second: list[str]) -> None:
    assert total(total(EMPTY, first), second) == total(EMPTY, second + first)
    assert total(total(EMPTY, first + second), removed=second) == total(EMPTY, first)
