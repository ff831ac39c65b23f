"""Numbers with SAP's zeros, texts over SAP's fields, and the lines of orders as POSEX."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.sap.addresses import Address, fields_of
from gateway.sap.numbers import bare, padded, positions, shortened, split, with_places
from gateway.sap.senders import Ordered
from tests.sap.shop import a_line, an_order, number


@pytest.mark.parametrize(
    ("text", "length", "filled"), [("4711", 10, "0000004711"), ("SKU-1", 18, "SKU-1"), ("1" * 12, 10, "1" * 12)]
)
def test_a_number_of_digits_is_filled_with_zeros(text: str, length: int, filled: str) -> None:
    assert padded(text, length) == filled
    assert bare(filled) == text


def test_zero_stays_a_number() -> None:
    assert bare("0000") == "0"


def test_a_quantity_has_the_decimals_of_sap() -> None:
    assert str(with_places(number("24"), 3)) == "24.000"
    assert str(with_places(number("1.2345"), 3)) == "1.2345"
    assert str(with_places(number("7"), 0)) == "7"


def test_a_text_that_is_cut_shows_it() -> None:
    assert shortened("A settlement", 12) == "A settlement"
    assert shortened("A settlement that is long", 14) == "A settlement.."


def test_a_text_goes_over_several_fields_between_words() -> None:
    assert split("Amazon  Fulfilment Centre", 10, 3) == ("Amazon", "Fulfilment", "Centre")
    assert split("Amazon Fulfilment Centre", 10, 2) is None


def test_lines_that_are_numbers_are_their_own_position() -> None:
    assert positions(["2", "10", "2"]) == {"2": "000002", "10": "000010"}


def test_other_lines_are_counted_behind_them_and_keep_their_place() -> None:
    assert positions(["A", "01", "3"]) == {"A": "900001", "01": "900002", "3": "000003"}
    assert positions(["A", "01", "3", "B"])["B"] == "900003"
    assert positions(["900001"]) == {"900001": "900001"}


@given(st.lists(st.text("0123456789AB", min_size=1, max_size=4), min_size=1, unique=True))
def test_every_line_comes_back_from_its_position(lines: list[str]) -> None:
    found = positions(lines)
    assert len(set(found.values())) == len(lines)
    order = Ordered("7Q8K2W1P", [an_order(*(a_line(line) for line in lines))])
    assert all(len(position) == 6 and order.line_of(position) == line for line, position in found.items())


def test_a_position_that_nobody_ordered_is_its_number() -> None:
    order = Ordered("7Q8K2W1P", [an_order(a_line("1"), a_line("10"))])
    assert order.line_of("000007") == "7"
    assert order.line_of(None, "  ", " 10 ") == "10"
    assert order.line_of(" ") is None


LONG = "Amazon Fulfilment Centre of the North, Building Seven"


def test_a_long_name_goes_over_the_fields_of_a_name() -> None:
    fields, notes, gaps = fields_of(Address(names=(LONG,), streets=("Hauptstr. 1", "Hof 2"), city="Köln"))
    assert (fields["name"], fields["name2"]) == ("Amazon Fulfilment Centre of the", "North, Building Seven")
    assert (fields["street"], fields["street2"]) == ("Hauptstr. 1", "Hof 2")
    assert (notes, gaps) == ((), ())


def test_streets_of_too_many_lines_become_one_text_over_the_fields() -> None:
    fields, _, gaps = fields_of(Address(streets=("Hauptstr. 1", "Hof 2", "Tor 3")))
    assert (fields["street"], "street2" in fields, gaps) == ("Hauptstr. 1, Hof 2, Tor 3", False, ())


def test_what_does_not_fit_is_a_gap_and_never_cut() -> None:
    street = "An extraordinarily long name of a street in a small town, second house on the left side, bell 4"
    fields, _, (gap,) = fields_of(Address(streets=(street,)))
    assert "street" not in fields
    assert gap.rule == "cannot-be-said"
    assert street in gap.message


def test_a_postcode_of_nine_digits_is_said_in_full_in_the_text() -> None:
    fields, notes, gaps = fields_of(Address(postcode="85043-1234", region="AZ", country="US"))
    assert (fields["postcode"], fields["region"], fields["country"]) == ("85043", "AZ", "US")
    assert notes == ("postcode in full: 85043-1234",)
    assert gaps == ()


def test_a_postcode_that_fits_stays() -> None:
    fields, notes, _ = fields_of(Address(postcode="50667", country="DE"))
    assert (fields["postcode"], notes) == ("50667", ())
