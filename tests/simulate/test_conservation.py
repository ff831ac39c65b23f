"""The campaign of tests/conservation.py, small: nothing is off, and what is off is seen."""

from collections.abc import Callable
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from gateway.catalogue import to_partner_invoice, to_partner_response, to_partner_ship_notice
from tests import conservation
from tests.conservation import Campaign

Converted = tuple[Any, Any]


def test_not_a_piece_and_not_a_cent_is_off() -> None:
    campaign = Campaign(Random(7)).run(150)
    assert campaign.faults == []
    assert campaign.counts["messages"] > 400
    assert campaign.counts["lines charged in full"] > 100
    assert set(campaign.money) == {"EUR", "USD"}


def with_a_pack_less(notice: Any) -> Any:
    return notice.model_copy(update={"packs": notice.packs[:-1]})


def with_a_cent_more(invoice: Any) -> Any:
    return invoice.model_copy(update={"total": invoice.total + Decimal("0.01")})


def with_a_price_that_is_rounded(invoice: Any) -> Any:
    lines = [line.model_copy(update={"price": round(line.price, 1)}) for line in invoice.lines]
    return invoice.model_copy(update={"lines": tuple(lines)})


def with_a_piece_less(response: Any) -> Any:
    line = response.lines[0]
    part = line.dispositions[0]
    less = part.model_copy(update={"quantity": part.quantity.model_copy(update={"value": part.quantity.value - 1})})
    wrong = line.model_copy(update={"dispositions": (less, *line.dispositions[1:])})
    return response.model_copy(update={"lines": (wrong, *response.lines[1:])})


@pytest.mark.parametrize(
    ("conversion", "spoil", "said"),
    [
        (to_partner_response, with_a_piece_less, "pieces answered and ordered"),
        (to_partner_ship_notice, with_a_pack_less, "pieces shipped"),
        (to_partner_invoice, with_a_cent_more, "total"),
        (to_partner_invoice, with_a_price_that_is_rounded, "quantity x price"),
    ],
)
def test_what_is_off_is_seen(
    conversion: Callable[..., Converted],
    spoil: Callable[[Any], Any],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def spoilt(*arguments: Any, **options: Any) -> Converted:
        document, gaps = conversion(*arguments, **options)
        return (None if document is None else spoil(document)), gaps

    monkeypatch.setattr(conservation, conversion.__name__, spoilt)
    faults = Campaign(Random(7)).run(10).faults
    assert any(said in fault for fault in faults), faults
