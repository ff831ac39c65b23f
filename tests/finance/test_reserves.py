"""The chain of reserves: what a settlement kept, the next one gives back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from gateway.finance.reserves import Break, Link, breaks
from gateway.finance.settlement import Reserve

START = datetime(2026, 6, 1, tzinfo=UTC)


def link(number: int, previous: str, current: str, currency: str = "USD", marketplace: str = "") -> Link:
    at = START + timedelta(days=14 * number)
    reserves = {marketplace: Reserve(Decimal(previous), Decimal(current))}
    return Link(f"S{number}", currency, at, at + timedelta(days=14), reserves)


def test_what_came_before_the_first_settlement_nobody_knows() -> None:
    assert list(breaks([link(1, "1842.33", "-2405.18")])) == []


def test_a_settlement_that_is_missing_breaks_the_chain() -> None:
    first, third = link(1, "0", "-100.00"), link(3, "250.00", "-80.00")
    assert list(breaks([third, first])) == [Break("S1", "S3", "USD", "", Decimal("100.00"), Decimal("250.00"))]
    assert next(breaks([first, third])).difference == Decimal("-150.00")
    assert list(breaks([third, first, link(2, "100.00", "-250.00")])) == []


def test_what_was_kept_and_never_given_back_breaks_it_too() -> None:
    gone = Link("S2", "USD", START + timedelta(days=14), START + timedelta(days=28), {})
    assert [each.kept for each in breaks([link(0, "0", "-5.00"), gone])] == [Decimal("5.00")]


def test_currencies_and_marketplaces_have_chains_of_their_own() -> None:
    links = [link(1, "0", "-1.00"), link(2, "7.00", "0", currency="CAD"), link(3, "1.00", "-2.00")]
    assert list(breaks(links)) == []
    links = [link(1, "0", "-1.00", marketplace="Amazon.com"), link(2, "1.00", "0", marketplace="Amazon.ca")]
    assert [each.marketplace for each in breaks(links)] == ["Amazon.ca", "Amazon.com"]
