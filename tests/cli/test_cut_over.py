"""After a cut-over the partner sees our numbers go on where the old system stopped, in every series and only there."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import House

TEST_PARTNER = """
[partners.amazon-us-test]
format = "x12"
guide = "amazon-us"
id = "ZZ:AMAZON"
our_id = "ZZ:5551234567"
test = true
start_at = 70
[partners.amazon-us-test.accounts.ACME1]
company = "acme"
customer = "TEST"
currency = "USD"
price_basis = "each"
"""


def _numbers(house: "House") -> list[tuple[str, str, str]]:
    """Test flag, interchange and group number of each 997 that left."""
    found = []
    for file in (house.folder / "amazon" / "out").glob("*_997_*"):
        isa, gs, *_ = ([each.strip() for each in segment.split("*")] for segment in file.read_text().split("~"))
        found.append((isa[15], isa[13], gs[6]))
    return sorted(found)


@pytest.fixture
def cut_over(house: "House") -> "House":
    """Live traffic goes on at 500, test traffic at 70."""
    house.configure("start_at          = 1 ", "start_at          = 500 ")
    house.configure('partners = ["amazon-us", "amazon-eu"]', 'partners = ["amazon-us", "amazon-eu", "amazon-us-test"]')
    house.configure("[partners.amazon-eu]", f"{TEST_PARTNER}\n[partners.amazon-eu]")
    return house


def test_interchanges_and_groups_of_live_and_test_traffic_go_on_where_each_stopped(cut_over: "House") -> None:
    for control, (number, flag) in enumerate((("A1", "P"), ("A2", "P"), ("A3", "T")), 1):
        order = cut_over.interchange(cut_over.order(number), control=control, flag=flag)
        cut_over.drop(f"{number}.edi", order)
    cut_over.once()
    assert _numbers(cut_over) == [("P", "000000500", "500"), ("P", "000000501", "501"), ("T", "000000070", "70")]
    with cut_over.journal() as journal:
        series = journal.numbers()
    assert {name.rpartition("AMAZON ")[2]: number for name, number in series.items()} == {
        "P interchange": 502,
        "P group": 502,
        "T interchange": 71,
        "T group": 71,
    }


def test_the_next_number_is_shown_before_any_was_drawn(cut_over: "House") -> None:
    rows = {row["partner"]: row["control_number"] for row in cut_over.json("partners", "list")}
    assert rows == {"amazon-us": 500, "amazon-us-test": 70, "amazon-eu": 1}


def test_a_start_that_is_changed_later_changes_nothing(cut_over: "House") -> None:
    cut_over.drop("A1.edi", cut_over.interchange(cut_over.order("A1")))
    cut_over.once()
    cut_over.configure("start_at          = 500 ", "start_at          = 1 ")
    cut_over.drop("A2.edi", cut_over.interchange(cut_over.order("A2"), control=102))
    cut_over.once()
    assert [number for _, number, _ in _numbers(cut_over)] == ["000000500", "000000501"]
