"""The value types of documents: numbers, days, instants, quantities, money, identifiers, moments."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, localcontext
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from gateway.documents.base import Count, Day, Instant, Lines, Number, Record, Text, iso_instant, plain
from gateway.documents.identifiers import check_digit, gtin14, is_gln, is_gtin, is_sscc, sscc18
from gateway.documents.moment import Moment
from gateway.documents.money import Price, agrees, cost_of, decimals_of, extend, round_half_up, with_decimals
from gateway.documents.quantity import Quantity, UnlikeUnitsError

numbers = st.decimals(min_value=-(10**12), max_value=10**12, allow_nan=False, places=4)


class Sample(Record):
    number: Number | None = None
    day: Day | None = None
    instant: Instant | None = None
    count: Count | None = None
    lines: Lines = ()
    text: Text | None = None


# Numbers


@pytest.mark.parametrize("given_", [1.0, float("nan"), True, "1e5", "1,5", " 1", "", "NaN", "٣", Decimal("NaN")])
def test_a_number_is_never_a_float_a_bool_or_loose_text(given_: object) -> None:
    with pytest.raises(ValidationError, match="expected a decimal number as text"):
        Sample.model_validate({"number": given_})


@pytest.mark.parametrize("text", ["1", "1.5", "true", "null0", '"1E2"'])
def test_a_json_number_is_no_decimal(text: str) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate_json(f'{{"number": {text}}}')


def test_a_number_may_be_given_as_an_integer_or_plain_text() -> None:
    assert Sample.model_validate({"number": 12}).number == Decimal(12)
    assert Sample.model_validate({"number": "12.50"}).number == Decimal("12.50")


@given(numbers)
def test_a_number_goes_through_json_digit_for_digit(number: Decimal) -> None:
    text = Sample(number=number).model_dump_json()
    assert f'"number":"{plain(number)}"' in text
    assert Sample.model_validate_json(text).number == number


def test_a_number_is_written_without_an_exponent() -> None:
    assert plain(Decimal("1E+2")) == "100"
    assert '"number":"100"' in Sample(number=Decimal("1E+2")).model_dump_json()


# Days and instants


@pytest.mark.parametrize("given_", [datetime(2026, 11, 20, tzinfo=UTC), 86400, "86400", "20261120", "2026-02-30"])
def test_a_day_is_a_date_and_nothing_that_resembles_one(given_: object) -> None:
    with pytest.raises(ValidationError, match="expected a date as text"):
        Sample.model_validate({"day": given_})


def test_a_day_is_read_from_its_json_text() -> None:
    assert Sample.model_validate_json('{"day": "2026-11-20"}').day == date(2026, 11, 20)


@pytest.mark.parametrize("given_", [datetime(2026, 11, 20), "2026-11-20T10:00:00", "2026-11-20", 0])  # noqa: DTZ001
def test_an_instant_without_a_zone_is_refused(given_: object) -> None:
    with pytest.raises(ValidationError, match="expected an instant with its zone"):
        Sample.model_validate({"instant": given_})


def test_an_instant_is_turned_to_utc() -> None:
    noon = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=-7)))
    sample = Sample(instant=noon)
    assert sample.instant is not None
    assert sample.instant.tzinfo is UTC
    assert iso_instant(noon) == "2026-11-20T19:00:00Z"
    assert Sample.model_validate_json('{"instant": "2026-11-20T12:00-07:00"}') == sample


# Counts, lines, text


def test_a_count_reads_whole_decimals_as_integers() -> None:
    assert Sample.model_validate({"count": Decimal(3)}).count == 3
    assert Sample.model_validate({"count": 3}).count == 3


@pytest.mark.parametrize("given_", [True, Decimal("1.5"), -1, "3", 3.0])
def test_a_count_is_a_whole_number_from_nothing_up(given_: object) -> None:
    with pytest.raises(ValidationError):
        Sample.model_validate({"count": given_})


def test_a_single_text_is_one_line() -> None:
    assert Sample.model_validate({"lines": "ACME"}).lines == ("ACME",)
    assert Sample.model_validate({"lines": ["ACME", "DEPT 4"]}).lines == ("ACME", "DEPT 4")


def test_records_are_frozen_and_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Sample().text = "x"  # type: ignore[misc]
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Sample.model_validate({"txet": "x"})
    with pytest.raises(ValidationError):
        Sample(text="")


# Quantities


def test_like_quantities_add_and_keep_the_unit_code() -> None:
    six = Quantity(value=Decimal(6), unit="case", code="CA")
    assert six + Quantity(value=Decimal(4), unit="case") == Quantity(value=Decimal(10), unit="case", code="CA")
    assert six - six == Quantity(value=Decimal(0), unit="case", code="CA")


def test_unlike_quantities_do_not_add() -> None:
    case, each = Quantity(value=Decimal(1), unit="case"), Quantity(value=Decimal(1), unit="each")
    with pytest.raises(UnlikeUnitsError, match="case and each do not add"):
        case + each
    with pytest.raises(UnlikeUnitsError):
        case - each


def test_a_quantity_without_a_unit_is_of_items() -> None:
    assert Quantity.model_validate({"value": 24}).unit == "item"


# Money


@pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4)])
def test_currencies_have_their_decimals(currency: str, decimals: int) -> None:
    assert decimals_of(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("0.005", "USD", "0.01"),
        ("-0.005", "USD", "-0.01"),
        ("0.0049999999999999999999999999999999", "USD", "0.00"),
        ("2.675", "USD", "2.68"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
        ("435", "USD", "435.00"),
    ],
)
def test_halves_are_rounded_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert plain(round_half_up(Decimal(amount), currency)) == rounded


@given(numbers)
def test_rounding_moves_by_half_a_cent_at_most_and_not_twice(amount: Decimal) -> None:
    once = round_half_up(amount, "USD")
    assert abs(once - amount) <= Decimal("0.005")
    assert round_half_up(once, "USD") == once


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("43.5", "USD", "43.50"),
        ("12", "USD", "12.00"),
        ("3.625", "USD", "3.625"),
        ("34.990", "USD", "34.990"),
        ("1E+2", "USD", "100.00"),
        ("-4.3", "EUR", "-4.30"),
        ("1200", "JPY", "1200"),
    ],
)
def test_prices_are_written_with_the_decimals_of_their_currency_at_least(amount: str, currency: str, text: str) -> None:
    assert plain(with_decimals(Decimal(amount), currency)) == text


@given(numbers)
def test_writing_decimals_changes_no_amount(amount: Decimal) -> None:
    assert with_decimals(amount, "USD") == amount


def test_a_price_per_twelve_is_never_divided_out() -> None:
    price = Price(amount=Decimal("43.00"), per=Decimal(12), unit="each")
    assert plain(extend(Decimal(120), price, "USD")) == "430.00"
    assert plain(extend(Decimal(1), price, "USD")) == "3.58"


def test_extending_does_not_depend_on_the_precision_of_the_moment() -> None:
    price = Price(amount=Decimal("12345678901234567.89"), per=Decimal(1), unit="each")
    with localcontext() as context:
        context.prec = 5
        amount = extend(Decimal(987654321098765), price, "USD")
    assert Fraction(amount) == Fraction("12345678901234567.89") * 987654321098765


def test_a_price_per_nothing_extends_to_nothing_that_could_be_said() -> None:
    for quantity in ("1", "0"):
        with pytest.raises(ZeroDivisionError, match=r"8\.25 per nothing"):
            extend(Decimal(quantity), Price(amount=Decimal("8.25"), per=Decimal(0), unit="each"), "USD")


def in_fractions(exact: Fraction, currency: str) -> Decimal:
    """What rounding half-up means, in whole numbers: halves go away from zero, and nothing has no sign."""
    decimals = decimals_of(currency)
    minor = (abs(exact) * 10**decimals + Fraction(1, 2)) // 1
    return Decimal((int(exact < 0), tuple(map(int, str(minor))), -decimals))


long_numbers = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40)
halves = st.builds(
    lambda digits, places: Decimal((int(digits < 0), tuple(map(int, str(abs(digits)) + "5")), -places)),
    st.integers(-(10**20), 10**20),
    st.integers(0, 6),
)
currencies = st.sampled_from(["USD", "JPY", "KWD", "CLF"])


@given(long_numbers | halves | st.fractions(), currencies, st.integers(1, 60))
def test_rounding_is_that_of_exact_fractions_in_any_context(
    amount: Decimal | Fraction, currency: str, precision: int
) -> None:
    with localcontext() as context:
        context.prec = precision
        rounded = round_half_up(amount, currency)
    assert rounded.as_tuple() == in_fractions(Fraction(amount), currency).as_tuple()


@given(long_numbers, long_numbers | halves, long_numbers.filter(bool), currencies, st.integers(1, 60))
def test_extending_is_that_of_exact_fractions_in_any_context(
    quantity: Decimal, amount: Decimal, per: Decimal, currency: str, precision: int
) -> None:
    price = Price(amount=amount, per=per, unit="each")
    with localcontext() as context:
        context.prec = precision
        extended = extend(quantity, price, currency)
    assert extended == in_fractions(Fraction(quantity) * Fraction(amount) / Fraction(per), currency)
    assert extended.as_tuple().exponent == -decimals_of(currency)


@given(long_numbers | halves, long_numbers | halves, currencies, st.integers(1, 60))
def test_a_cost_is_that_of_a_price_for_one(quantity: Decimal, each: Decimal, currency: str, precision: int) -> None:
    with localcontext() as context:
        context.prec = precision
        cost = cost_of(quantity, each, currency)
    assert cost.as_tuple() == extend(quantity, Price(amount=each, per=Decimal(1), unit="each"), currency).as_tuple()


@given(st.integers(-10_000, 10_000), st.integers(1, 400), st.integers(1, 400), currencies)
def test_parts_of_a_price_are_rounded_like_fractions(cents: int, quantity: int, per: int, currency: str) -> None:
    price = Price(amount=Decimal(cents).scaleb(-2), per=Decimal(per), unit="each")
    wanted = in_fractions(Fraction(cents * quantity, 100 * per), currency)
    assert extend(Decimal(quantity), price, currency).as_tuple() == wanted.as_tuple()


@given(long_numbers | halves, currencies, st.integers(1, 60))
def test_decimals_are_filled_up_as_in_text(amount: Decimal, currency: str, precision: int) -> None:
    whole, _, fraction = plain(amount).partition(".")
    with localcontext() as context:
        context.prec = precision
        written = with_decimals(amount, currency)
    assert written.as_tuple() == Decimal(f"{whole}.{fraction.ljust(decimals_of(currency), '0')}").as_tuple()


def test_a_price_that_was_rounded_agrees_where_the_amount_does() -> None:
    rounded = Price(amount=Decimal("3.58"), per=Decimal(1), unit="each")
    assert agrees(Decimal(1), rounded, Decimal("3.5833"), "USD")
    assert not agrees(Decimal(12), rounded, Decimal("43.00"), "USD")


def test_prices_that_differ_in_their_last_digit_are_not_the_same() -> None:
    long = 123456789012345678901234567890
    dear, cheap = (Price(amount=Decimal(amount), per=Decimal(long), unit="each") for amount in (long + 1, long))
    with localcontext() as context:
        context.prec = 5
        assert not dear.same_as(cheap)


def test_prices_are_the_same_whatever_they_are_written_per() -> None:
    dozen = Price(amount=Decimal("43.50"), per=Decimal(12), unit="each")
    assert dozen.same_as(Price(amount=Decimal("87.00"), per=Decimal(24), unit="each"))
    assert not dozen.same_as(Price(amount=Decimal("43.50"), per=Decimal(12), unit="case"))


# Identifiers

PRINTED = {
    is_gtin: ("96385074", "036000291452", "4006381333931", "10614141543219"),
    is_gln: ("5450534000017", "5450534000086"),
    is_sscc: ("106141411234567897", "00106141411234567897"),
}


@pytest.mark.parametrize(("judge", "text"), [(judge, text) for judge, texts in PRINTED.items() for text in texts])
def test_published_numbers_have_the_right_check_digit(judge: object, text: str) -> None:
    assert callable(judge)
    assert judge(text)
    assert not judge(text[:-1] + str((int(text[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["", "12", "4006381333931 ", "400638133393A", "²006381333931", "٤006381333931"])
def test_what_is_not_a_gtin_is_judged_and_not_raised(text: str) -> None:
    assert not is_gtin(text)
    assert gtin14(text) is None


def test_gtins_compare_as_fourteen_digits() -> None:
    assert gtin14("614141000012") == gtin14("0614141000012") == gtin14("00614141000012") == "00614141000012"


def test_an_sscc_of_eighteen_digits_may_begin_with_the_application_identifier() -> None:
    assert sscc18("006141410000000012") == "006141410000000012"
    assert sscc18("00006141410000000012") == "006141410000000012"
    assert sscc18("99006141410000000012") == "99006141410000000012"


@given(st.text(alphabet="0123456789", min_size=7, max_size=17), st.data())
def test_a_check_digit_sees_every_single_wrong_digit(digits: str, data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[position]]))
    assert check_digit(digits) != check_digit(digits[:position] + other + digits[position + 1 :])


# Moments

clocks = st.builds(
    lambda t, n: (f"{t:%H%M%S}" + f"{t.microsecond:06}"[:2])[:n], st.times(), st.sampled_from([0, 4, 6, 7, 8])
)


@given(st.dates(), clocks)
def test_a_moment_gives_back_the_digits_it_came_in(day: date, clock: str) -> None:
    moment = Moment.from_digits(f"{day.year:04}{day.month:02}{day.day:02}", clock)
    assert moment.on == day
    assert (moment.date_digits, moment.time_digits) == (day.isoformat().replace("-", ""), clock)
    assert Moment.model_validate_json(moment.model_dump_json()) == moment


@pytest.mark.parametrize(
    ("day", "clock"),
    [("20260230", ""), ("261120", ""), ("2026112O", ""), ("20261120", "2460"), ("20261120", "06"), ("20261120", "061")],
)
def test_digits_that_are_no_moment_are_refused(day: str, clock: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Moment.from_digits(day, clock)


def test_a_bare_date_is_a_moment_and_an_instant_is_none() -> None:
    assert Moment.model_validate(date(2026, 11, 26)) == Moment(on=date(2026, 11, 26))
    with pytest.raises(ValidationError):
        Moment.model_validate(datetime(2026, 11, 26, tzinfo=UTC))


def test_a_moment_and_its_zone_are_an_instant_and_back() -> None:
    reno = ZoneInfo("America/Los_Angeles")
    left = datetime(2026, 11, 26, 14, 15, 30, tzinfo=UTC)
    minute = Moment.from_instant(left, reno, "minute")
    assert minute == Moment(on=date(2026, 11, 26), at="06:15")
    assert minute.time == time(6, 15)
    assert minute.instant(reno) == datetime(2026, 11, 26, 14, 15, tzinfo=UTC)
    assert Moment.from_instant(left, reno, "second").instant(reno) == left
    day = Moment.from_instant(left, reno, "day")
    assert day.time is None
    assert day.instant(reno) == datetime(2026, 11, 26, 8, tzinfo=UTC)
