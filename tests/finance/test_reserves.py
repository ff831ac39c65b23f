"""The chain of reserves: what a settlement kept, the next one gives back."""

from dataclasses import replace
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
    north = [link(1, "0", "-1.00", marketplace="Amazon.com"), link(2, "1.00", "0", marketplace="Amazon.ca")]
    assert list(breaks([*north, link(3, "1.00", "0", marketplace="Amazon.com")])) == []
    (found,) = breaks([*north, link(3, "2.00", "0", marketplace="Amazon.com")])
    assert (found.marketplace, found.kept, found.given_back) == ("Amazon.com", Decimal("1.00"), Decimal("2.00"))


def test_settlements_of_two_countries_in_one_currency_take_turns() -> None:
    german = replace(link(1, "5.00", "-5.00", "EUR"), marketplaces=("Amazon.de",))
    french = replace(link(2, "5.00", "-5.00", "EUR"), marketplaces=("Amazon.fr",))
    later = [replace(german, settlement="S3", ends_at=START + timedelta(days=80))]
    later += [replace(french, settlement="S4", ends_at=START + timedelta(days=90))]
    assert list(breaks([german, french, *later])) == []
    missing = replace(later[0], reserves={"": Reserve(Decimal("7.00"), Decimal("-1.00"))})
    (found,) = breaks([german, french, missing])
    assert (found.before, found.marketplace, found.difference) == ("S1", "Amazon.de", Decimal("-2.00"))


def test_a_settlement_of_fees_alone_between_two_breaks_nothing() -> None:
    first, third = (replace(link(n, "5.00", "-5.00"), marketplaces=("Amazon.com",)) for n in (1, 3))
    assert list(breaks([first, replace(link(2, "0", "0"), reserves={}), third])) == []


def test_the_reserve_of_a_seller_who_begins_in_another_country_is_found() -> None:
    first = replace(link(1, "0", "-5.00"), marketplaces=("Amazon.com",))
    second = replace(link(2, "5.00", "-7.00"), marketplaces=("Amazon.ca", "Amazon.com"))
    assert list(breaks([first, second])) == []


def test_what_another_chain_took_does_not_hide_what_this_one_kept() -> None:
    first = replace(link(1, "0", "-5.00"), marketplaces=("Amazon.com",))
    second = replace(link(2, "0", "-9.00"), marketplaces=("Amazon.ca", "Amazon.com"))
    taken = replace(link(3, "5.00", "0"), marketplaces=("Amazon.ca", "Amazon.com"))
    (found,) = breaks([first, second, taken])
    assert (found.before, found.kept, found.given_back) == ("S2", Decimal("9.00"), Decimal(0))
