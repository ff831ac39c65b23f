"""How a file writes numbers and dates: decided once from all of its cells, or refused by name."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gateway.findings import Finding
from gateway.grammar.styles import Preference, Style, amount_reader, day_reader, decide, instant_reader, moment_reader

NONE = Preference()


def style_of(amounts: Sequence[str] = (), dates: Sequence[str] = (), preferred: Preference = NONE) -> Style | Finding:
    cells = [*((amount, "") for amount in amounts), *(("", day) for day in dates)]
    return decide(cells, [0], [1], preferred)


def read_amounts(*cells: str, preferred: Preference = NONE) -> list[Decimal]:
    style = style_of(cells, preferred=preferred)
    assert isinstance(style, Style), style
    return [amount_reader(style)(cell) for cell in cells]


@pytest.mark.parametrize(
    ("cells", "amounts"),
    [
        (("1,234.56", "-3.00"), ("1234.56", "-3.00")),
        (("1.234,56", "-12,50"), ("1234.56", "-12.50")),
        (("(55.00)", "7.25"), ("-55.00", "7.25")),
        (("(1.055,00)", "$7,25"), ("-1055.00", "7.25")),
        (("£-3.00", "-£3.00", "£ 3.00", "3.00 €", "-3.00€"), ("-3.00", "-3.00", "3.00", "3.00", "-3.00")),
        (("1 234,56", "1\u00a0234,56", "1\u202f234,56"), ("1234.56", "1234.56", "1234.56")),
        (("1'234.56",), ("1234.56",)),
        (("+5.00", " 5.00 "), ("5.00", "5.00")),
        (("\u221212,50",), ("-12.50",)),
        (("1.234.567",), ("1234567",)),
        (("1,234,567", "12,345"), ("1234567", "12345")),
        (("0,123",), ("0.123",)),
        (("1234,567",), ("1234.567",)),
        (("0", "-12", "1000"), ("0", "-12", "1000")),
        (("1,234", "0.5"), ("1234", "0.5")),
        (("1,234", "0,5"), ("1.234", "0.5")),
    ],
)
def test_amounts_are_read_in_the_style_of_their_file(cells: tuple[str, ...], amounts: tuple[str, ...]) -> None:
    assert read_amounts(*cells) == [Decimal(amount) for amount in amounts]


def test_a_file_with_only_a_thousand_or_a_fraction_is_refused_by_name() -> None:
    found = style_of(["1,234", "5", "2,345"])
    assert isinstance(found, Finding)
    assert (found.code, found.value) == ("amount-style", "1,234")
    assert "'1,234' may be a thousand or a fraction" in found.message


def test_what_is_configured_decides_for_a_file_that_does_not_tell() -> None:
    assert read_amounts("1,234", preferred=Preference(".")) == [Decimal(1234)]
    assert read_amounts("1,234", preferred=Preference(",")) == [Decimal("1.234")]


def test_what_the_file_tells_is_stronger_than_what_is_configured() -> None:
    assert read_amounts("1,234", "2,50", preferred=Preference(".")) == [Decimal("1.234"), Decimal("2.50")]
    assert style_of(dates=["14/03/2026"], preferred=Preference(day_first=False)) == Style(".", day_first=True)


def test_amounts_in_two_styles_are_refused_by_name_with_one_of_each() -> None:
    found = style_of(["1.00", "2.00", "1.234,56"])
    assert isinstance(found, Finding)
    assert found.code == "amount-style"
    assert "'1.00' and '1.234,56'" in found.message


@pytest.mark.parametrize(
    "cell",
    [
        "abc",
        "12,x",
        "1,2,3.00",
        "(5.00",
        "5.00)",
        "12.50-",
        "1.2.3",
        "--5.00",
        "5.00 EUR",
        "1,23,456.00",
        "٣.00",
        "",
        "~5.00",
    ],
)
def test_what_is_no_amount_in_the_style_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        amount_reader(Style("."))(cell)


def test_a_mark_of_the_other_style_is_never_read_as_a_mark() -> None:
    with pytest.raises(ValueError, match="12,50"):
        amount_reader(Style("."))("12,50")
    with pytest.raises(ValueError, match=r"12\.50"):
        amount_reader(Style(","))("12.50")


def test_words_in_a_column_of_amounts_decide_nothing() -> None:
    assert style_of(["n/a", "1,50"]) == Style(",")


@pytest.mark.parametrize(
    ("cell", "at"),
    [
        ("2025-08-14T22:07:18+00:00", "2025-08-14T22:07:18+00:00"),
        ("2025-08-14T22:07:18.123Z", "2025-08-14T22:07:18+00:00"),
        ("2025-08-14T22:07:18-0700", "2025-08-15T05:07:18+00:00"),
        ("2026-06-16 00:00:00 UTC", "2026-06-16T00:00:00+00:00"),
        ("2026-06-16 23:30 PDT", "2026-06-17T06:30:00+00:00"),
        ("01.03.2026 00:00:00 UTC", "2026-03-01T00:00:00+00:00"),
        ("2026-03-17", "2026-03-17T00:00:00+00:00"),
        ("14/03/2026", "2026-03-14T00:00:00+00:00"),
        ("03/14/2026", "2026-03-14T00:00:00+00:00"),
        ("03/14/26", "2026-03-14T00:00:00+00:00"),
        ("14-03-2026", "2026-03-14T00:00:00+00:00"),
        (" 2026-03-17 ", "2026-03-17T00:00:00+00:00"),
    ],
)
def test_dates_of_all_shapes_are_read_in_utc(cell: str, at: str) -> None:
    style = style_of(dates=[cell])
    assert isinstance(style, Style)
    assert instant_reader(style)(cell).isoformat() == at


def test_a_day_is_the_one_that_is_written_whatever_the_clock_says() -> None:
    assert day_reader(Style())("2026-06-30 23:59:59 PDT") == date(2026, 6, 30)
    assert day_reader(Style())("06/2026") == date(2026, 6, 1)


def test_one_date_tells_the_order_of_all_others() -> None:
    for telling, expected in (("14/03/2026", date(2026, 4, 3)), ("03/14/2026", date(2026, 3, 4))):
        style = style_of(dates=["03/04/2026", telling])
        assert isinstance(style, Style)
        assert day_reader(style)("03/04/2026") == expected


def test_a_file_whose_dates_do_not_tell_is_refused_by_name_or_read_as_configured() -> None:
    found = style_of(dates=["03/04/2026"])
    assert isinstance(found, Finding)
    assert (found.code, found.value) == ("date-style", "03/04/2026")
    assert style_of(dates=["03/04/2026"], preferred=Preference(day_first=True)) == Style(".", day_first=True)
    assert style_of(dates=["03/04/2026"], preferred=Preference(day_first=False)) == Style(".", day_first=False)


def test_dates_in_two_orders_are_refused_by_name_with_one_of_each() -> None:
    found = style_of(dates=["14/03/2026", "03/15/2026"])
    assert isinstance(found, Finding)
    assert found.code == "date-style"
    assert "'14/03/2026' and '03/15/2026'" in found.message


@pytest.mark.parametrize(
    "cell",
    [
        "yesterday",
        "2026-02-30",
        "2026-03-145",
        "14/03/202",
        "2026-03-17 25:00",
        "2026-03-17 10:99",
        "2026-03-17 10:00:61",
        "2026-03-17 10:00 NOWHERE",
        "2026-03-17 10:00 +99:99",
        "2026-03-17 soon",
        "0001-01-01 00:00 +14:00",
        "9999-12-31 23:00 -14:00",
    ],
)
def test_what_is_no_time_is_refused(cell: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        instant_reader(Style(day_first=True))(cell)


def test_a_date_that_is_open_is_not_read_without_an_order() -> None:
    with pytest.raises(ValueError, match="03/04/2026"):
        day_reader(Style())("03/04/2026")


def test_a_long_file_is_looked_at_until_it_is_decided_and_no_further() -> None:
    looked_at: list[int] = []

    def rows(deciding: int) -> object:
        for number in range(5000):
            looked_at.append(number)
            yield ("1.50" if number == deciding else "1,234", "")

    assert decide(rows(3), [0], [1], NONE) == Style(".")  # type: ignore[arg-type]
    assert len(looked_at) == 1001
    looked_at.clear()
    assert decide(rows(4000), [0], [1], NONE) == Style(".")  # type: ignore[arg-type]
    assert len(looked_at) == 4001


def written(amount: Decimal, mark: str, group: str, negative: str) -> str:
    digits = f"{abs(amount):,.2f}".replace(",", "g").replace(".", mark).replace("g", group)
    return negative % digits if amount < 0 else digits


AMOUNTS = st.lists(st.decimals(-(10**12), 10**12, places=2), min_size=1, max_size=20)
STYLES = [(".", ","), (".", ""), (".", " "), (".", "'"), (",", "."), (",", ""), (",", "\u00a0"), (",", "'")]


@given(AMOUNTS, st.sampled_from(STYLES), st.sampled_from(["-%s", "(%s)", "£-%s", "-£%s", "\u2212%s", "- %s"]))
def test_any_list_of_amounts_written_in_one_style_comes_back_exact(
    amounts: list[Decimal], style: tuple[str, str], negative: str
) -> None:
    assert read_amounts(*(written(amount, *style, negative) for amount in amounts)) == amounts


@given(st.lists(st.integers(-(10**9), 10**9), min_size=1), st.sampled_from([",", "."]), st.sampled_from([",", "."]))
def test_whole_amounts_come_back_exact_or_are_refused(amounts: list[int], group: str, mark: str) -> None:
    assume(group != mark)
    cells = [f"{amount:,}".replace(",", group) for amount in amounts]
    style = style_of(cells)
    if isinstance(style, Style) and any(group in cell for cell in cells):
        assert any(cell.count(group) > 1 for cell in cells), "a single mark tells nothing"
        assert read_amounts(*cells) == amounts
    elif isinstance(style, Finding):
        assert style.code == "amount-style"
        assert read_amounts(*cells, preferred=Preference(mark)) == amounts  # type: ignore[arg-type]


@given(
    st.lists(st.dates(date(1990, 1, 1), date(2068, 12, 31)), min_size=1),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y"]),
    st.sampled_from(["", " 13:45:01 UTC"]),
)
def test_any_list_of_dates_written_in_one_shape_comes_back_or_is_refused(
    days: list[date], shape: str, clock: str
) -> None:
    cells = [day.strftime(shape) + clock for day in days]
    style = style_of(dates=cells)
    if isinstance(style, Finding):
        assert style.code == "date-style"
        assert all(day.day <= 12 for day in days)
        style = style_of(dates=cells, preferred=Preference(day_first=shape.startswith("%d")))
    assert isinstance(style, Style)
    assert [day_reader(style)(cell) for cell in cells] == days
    at = (13, 45, 1) if clock else (0, 0, 0)
    assert [instant_reader(style)(cell) for cell in cells] == [
        datetime(day.year, day.month, day.day, *at, tzinfo=UTC) for day in days
    ]


def test_a_moment_is_an_instant_or_stays_a_bare_day() -> None:
    read = moment_reader(Style(".", True))
    assert read("2026-06-17 08:14:22 UTC") == datetime(2026, 6, 17, 8, 14, 22, tzinfo=UTC)
    assert read("17.06.2026 08:14:22 UTC") == datetime(2026, 6, 17, 8, 14, 22, tzinfo=UTC)
    assert type(read("17.06.2026")) is date
