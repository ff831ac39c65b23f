"""Sellers: what is set about them, the chart that they bring, and what is said where something is wrong or missing."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gateway.cli import main
from gateway.config import Accounts, Config, Seller, chart_problems, load, read
from gateway.resources import default_chart

ACCOUNTS = "\n".join(f'{name} = "{4000 + number}"' for number, name in enumerate(Accounts.model_fields))
SELLER = f"""\
[sellers.acme]
channel = "seller"
mode = "summary"
[sellers.acme.accounts]
{ACCOUNTS}
[sellers.acme.marketplaces."Amazon.de"]
currency = "EUR"
customer = "AMAZON-DE-BUYERS"
fba_location = "FBA-DE"
"""
CHANNEL = """\
[channels.seller]
kind = "folder"
in = "seller/in"
out = "seller/out"
"""
ERP = """\
[erp]
kind = "files"
in = "erp/in"
out = "erp/out"
"""
Said = Callable[..., list[str]]


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """What is said about a config with a seller alone, with some of its text replaced: `line: message`."""
    (tmp_path / "chart.csv").write_text(default_chart().text)

    def problems(*changes: tuple[str, str], more: str = "") -> list[str]:
        text = SELLER + CHANNEL + ERP
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "config.toml").write_text(text + more)
        return [f"{problem.line}: {problem.message}" for problem in read(tmp_path / "config.toml")[1]]

    return problems


@pytest.fixture
def seller(said: Said, tmp_path: Path) -> Seller:
    assert said() == []
    return load(tmp_path / "config.toml").sellers["acme"]


def test_a_seller_needs_no_partner(said: Said) -> None:
    assert said() == []


def test_what_is_left_out_has_its_default(seller: Seller) -> None:
    assert (seller.name, seller.zone, seller.pending, seller.taxes) == ("acme", ZoneInfo("UTC"), "wait", "marketplace")
    assert (seller.decimal_mark, seller.day_first, seller.line_per_sku) == (None, None, True)
    assert (seller.bank_days, seller.bank_tolerance) == (7, "0.00")
    assert (seller.stock.in_transit, seller.stock.buffer, seller.stock.push_every) == (
        "FBA-TRANSIT",
        Decimal(0),
        timedelta(minutes=15),
    )


def test_a_marketplace_is_found_by_its_name_in_any_case(seller: Seller) -> None:
    found = seller.marketplace(" AMAZON.DE ")
    assert found is not None
    assert (found.name, found.currency) == ("Amazon.de", "EUR")
    assert seller.marketplace("Amazon.fr") is None


def test_the_chart_comes_with_the_config(seller: Seller) -> None:
    rule = seller.rules.find("Order", "ItemFees", "Commission", is_credit=False)
    assert rule is not None
    assert rule.account == "commission"


def test_sellers_of_a_channel_are_found_by_it(seller: Seller, tmp_path: Path) -> None:
    config: Config = load(tmp_path / "config.toml")
    assert [found.name for found in config.sellers_of("seller")] == [seller.name]
    assert config.sellers_of("amazon") == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('mode = "summary"\n', "", "1: sellers.acme.mode: is missing. Where revenue is counted, once"),
        ('mode = "summary"', 'mode = "both"', '3: sellers.acme.mode: \'both\' is not one of "order-level", "summary"'),
        (
            f'revenue = "{4000 + list(Accounts.model_fields).index("revenue")}"\n',
            "",
            "4: sellers.acme.accounts.revenue: is missing. Sales, gross.",
        ),
        (
            "commission = ",
            "comission = ",
            "sellers.acme.accounts.comission: there is no such key; did you mean 'commission'",
        ),
        (
            'channel = "seller"',
            'channel = "sellers"',
            "2: sellers.acme.channel: no channel 'sellers'; did you mean 'seller'?",
        ),
        (
            'mode = "summary"',
            'mode = "summary"\ntime_zone = "Moon"',
            "4: sellers.acme.time_zone: 'Moon' is no time zone",
        ),
        (
            'mode = "summary"',
            'mode = "summary"\nbank_tolerance = "-1"',
            "4: sellers.acme.bank_tolerance: cannot be '-1'",
        ),
        (
            'mode = "summary"',
            'mode = "summary"\nbank_days = -1',
            "4: sellers.acme.bank_days: cannot be -1. How many days",
        ),
        ('mode = "summary"', 'mode = "summary"\ndecimal_mark = ";"', "4: sellers.acme.decimal_mark: ';' is not one of"),
        (
            'currency = "EUR"',
            'currency = "eur"',
            "sellers.acme.marketplaces.Amazon.de.currency: cannot be 'eur'",
        ),
        (
            'fba_location = "FBA-DE"\n',
            "",
            "sellers.acme.marketplaces.Amazon.de.fba_location: is missing. The ERP's location",
        ),
        ("[erp]", '[sellers.acme.stock]\nbuffer = "half"\n[erp]', "sellers.acme.stock.buffer: "),
        ("[erp]", "[sellers.acme.stock]\nbuffers = { A = -1 }\n[erp]", "sellers.acme.stock.buffers"),
    ],
)
def test_a_problem_of_a_seller_says_where_what_and_what_the_key_is_for(
    said: Said, old: str, new: str, expected: str
) -> None:
    assert any(expected in problem for problem in said((old, new))), said((old, new))


def test_a_seller_without_a_marketplace_is_refused(said: Said) -> None:
    table = SELLER[SELLER.index("[sellers.acme.market") :]
    assert any(
        problem.startswith("1: sellers.acme.marketplaces: is missing. A table each") for problem in said((table, ""))
    )


def test_somebody_must_be_there_to_deal_with(said: Said) -> None:
    problems = said((SELLER, ""))
    assert any("partners: there is neither a partner nor a seller" in problem for problem in problems)
    assert any("channels.seller.partners: nobody's files travel here" in problem for problem in problems)


def test_two_sellers_of_a_channel_have_no_marketplace_in_common(said: Said) -> None:
    other = SELLER.replace("sellers.acme", "sellers.acme-eu")
    (problem,) = said(more=other)
    assert "sellers.acme-eu.marketplaces.Amazon.de: sellers.acme has it already on this channel" in problem
    assert said(more=other.replace("Amazon.de", "Amazon.fr")) == []


def test_a_chart_that_is_not_there_or_wrong_is_said_with_its_line_and_stops_nothing(
    config: Config, tmp_path: Path
) -> None:
    def said() -> list[str]:
        found, problems = read(config.file)
        assert problems == []
        assert found is not None
        return [f"{problem.line}: {problem.message}" for problem in chart_problems(found)]

    chart = tmp_path / "chart.csv"
    config.file.write_text(config.file.read_text() + SELLER + CHANNEL)
    chart.write_text(chart.read_text() + "Order,ItemFees,New Fee,*,comission,\n")
    (problem,) = said()
    line = len(chart.read_text().splitlines())
    assert problem == f"{line}: there is no account 'comission' in [sellers.NAME.accounts]"
    chart.write_bytes(b"# M\xfcller\n")
    assert said() == ["None: not UTF-8 at byte 3: save it as UTF-8"]
    chart.unlink()
    assert said() == [
        "None: the chart of sellers.acme cannot be read: No such file or directory; `gateway init` writes one"
    ]


def test_check_finds_nothing_wrong_with_a_seller_alone(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    made = CliRunner().invoke(main, ["init", str(folder)])
    assert made.exit_code == 0, made.output
    (folder / "config.toml").write_text(SELLER + CHANNEL.replace("seller/", "amazon/") + ERP)
    result = CliRunner().invoke(main, ["-c", str(folder / "config.toml"), "check"])
    assert result.exit_code == 0, result.output


def test_check_names_the_missing_account_with_its_line_and_purpose(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    assert CliRunner().invoke(main, ["init", str(folder)]).exit_code == 0
    text = "\n".join(line for line in SELLER.splitlines() if not line.startswith("commission"))
    (folder / "config.toml").write_text(f"{text}\n{CHANNEL.replace('seller/', 'amazon/')}{ERP}")
    result = CliRunner().invoke(main, ["-c", str(folder / "config.toml"), "check"])
    assert result.exit_code == 78, result.output
    assert "config.toml:4: sellers.acme.accounts.commission: is missing. Amazon's commission." in result.output
    assert len(result.output.splitlines()) == 1, "a seller with a fault is a seller all the same"


def test_an_account_that_is_a_number_is_asked_for_in_quotes(said: Said) -> None:
    (problem,) = said(('commission = "', 'commission = 6000 # "'))
    assert 'is text: write "6000", in quotes' in problem
