"""The profile refuses what cannot be, and the customer's number says whose document it is."""

from typing import Any

import pytest
from pydantic import ValidationError

from gateway.findings import Finding
from gateway.sap.profile import SapProfile
from gateway.sap.senders import partner_of
from gateway.sap.tables import SapMessage
from tests.sap.shop import PROFILE, Memory, an_order, knowing

NEEDED = {"sap_port": "SAPECC", "sap_system": "ECCCLNT100"}


def test_two_values_are_needed_and_others_are_as_a_rule() -> None:
    plain = SapProfile.model_validate(NEEDED | {"encoding": "iso-8859-1", "taxes": {"A1": "5.5"}})
    assert (plain.client, plain.port, plain.form, plain.base_unit) == ("100", "AMZGW", "xml", "PCE")
    assert plain.message_of("sales-order").message == "ORDERS"
    assert plain.step_of("ship").within == "313"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sap_port": ""}, "at least 1 character"),
        ({"time_zone": "Mars/Olympus"}, "no time zone"),
        ({"time_zone": "../etc/passwd"}, "no time zone"),
        ({"encoding": "ebcdic-of-old"}, "no character set"),
        ({"base_unit": "BOX"}, 'add units.BOX = "each"'),
        ({"taxes": {"A1": "nineteen"}}, "write per cent"),
        ({"messages": {"letter": {"idoc_type": "X", "message": "Y"}}}, "sales-order"),
        ({"units": {"PCE": "pallet"}}, "each"),
        ({"start_at": 0}, "greater than or equal to 1"),
        ({"colour": "blue"}, "Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused_with_words(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        SapProfile.model_validate(NEEDED | wrong)


def test_a_message_can_have_another_name() -> None:
    order = SapMessage(idoc_type="ORDERS05", message="ORDERS", variant="AMZ", function="V")
    assert PROFILE.model_copy(update={"messages": {"sales-order": order}}).message_of("sales-order").variant == "AMZ"


def whose(*numbers: str | None, orders: tuple[str, ...] = (), known: Memory | None = None) -> str:
    found = partner_of(numbers, orders, PROFILE, known or knowing())
    return found.message if isinstance(found, Finding) else found


@pytest.mark.parametrize("written", ["0000100234", "100234"])
def test_a_customer_is_known_with_and_without_zeros(written: str) -> None:
    assert whose(None, written) == "amazon-eu"


def test_a_customer_is_known_by_our_name_of_it() -> None:
    assert whose("0000100234", known=Memory(customers={"AMAZON-EU": ("amazon-eu",)})) == "amazon-eu"
    assert whose("0000100234", known=Memory(customers={"0000100234": ("amazon-eu",)})) == "amazon-eu"


def test_of_partners_with_one_customer_the_order_decides() -> None:
    shared = {"100234": ("amazon-de", "amazon-eu")}
    known = knowing(an_order(), customers=shared)
    assert whose("100234", orders=("7Q8K2W1P",), known=known) == "amazon-eu"
    assert "do not tell of which" in whose("100234", orders=("OTHER",), known=known)
    assert "the orders named do not tell" in whose("100234", known=known)


def test_an_unknown_customer_says_which_row_is_missing() -> None:
    assert 'customer = "777"' in whose("0000000777")
    assert "it names no customer" in whose(None)
