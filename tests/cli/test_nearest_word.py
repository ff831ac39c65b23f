"""Whoever mistypes a verb, an option, a partner, an order or a number is told the nearest right one."""

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from gateway.cli import main

if TYPE_CHECKING:
    from tests.conftest import House


@pytest.fixture
def busy(house: "House") -> "House":
    house.drop("850.edi", house.interchange(house.order("7QM3KD2A")))
    house.once("2026-11-21T20:00:00Z")
    return house


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("ordres",), "'orders'"),
        (("orders", "lst"), "'list'"),
        (("orders", "list", "--jsn"), "--json"),
        (("completion", "bsh"), "'bash'"),
    ],
)
def test_a_wrong_verb_or_option_is_answered_with_the_nearest(words: tuple[str, ...], near: str) -> None:
    told = CliRunner().invoke(main, words)
    assert told.exit_code == 2
    assert near in told.output


@pytest.mark.parametrize(
    ("words", "near"),
    [
        (("orders", "show", "7QM3KD2B"), "did you mean '7QM3KD2A'?"),
        (("orders", "show", "7QM3KD2A", "--partner", "amzon-us"), "did you mean 'amazon-us'?"),
        (("orders", "list", "--partner", "amazon-su"), "did you mean 'amazon-us'?"),
        (("documents", "list", "--partner", "amazon-su"), "did you mean 'amazon-us'?"),
        (("stock", "list", "--seller", "acne"), "did you mean 'acme'?"),
        (("simulate", "--partner", "amazon-e"), "did you mean 'amazon-eu'?"),
    ],
)
def test_a_name_that_nobody_has_is_answered_with_the_nearest(busy: "House", words: tuple[str, ...], near: str) -> None:
    assert near in busy.run(*words, code=1).stderr


def test_a_number_of_something_else_is_said_to_be_that(busy: "House") -> None:
    document = busy.json("documents", "list")[0]["id"]
    case = busy.cases[0]["id"]
    assert f"{document} is a document: `gateway documents show" in busy.run("cases", "show", document, code=1).stderr
    assert f"{case} is a case: `gateway cases show" in busy.run("documents", "show", case, code=1).stderr


def test_a_mistyped_number_of_a_case_is_answered_with_the_open_case_that_looks_like_it(busy: "House") -> None:
    case = busy.cases[-1]["id"]
    said = busy.run("cases", "show", f"{case}0", code=1).stderr
    assert f"did you mean {case}? `gateway cases list` shows those that are open" in said


def test_a_number_that_looks_like_no_case_is_only_told_where_the_open_ones_stand(busy: "House") -> None:
    said = busy.run("cases", "show", "990990990", code=1).stderr
    assert "`gateway cases list` shows those that are open" in said
    assert "did you mean" not in said


def test_what_is_like_nothing_gets_no_hint(busy: "House") -> None:
    said = busy.run("orders", "show", "ZZZZZZZZ", code=1).stderr
    assert said == "gateway: there is no order ZZZZZZZZ: `gateway orders list` shows those there are\n"


def test_a_partner_who_left_the_configuration_is_still_listed(busy: "House") -> None:
    text = busy.config.read_text()
    busy.config.write_text(
        text.replace("[partners.amazon-us]", "[partners.amazon-com]")
        .replace("[partners.amazon-us.accounts", "[partners.amazon-com.accounts")
        .replace('"amazon-us", ', '"amazon-com", ')
    )
    assert [row["partner"] for row in busy.json("documents", "list", "--partner", "amazon-us")] != []
    busy.is_sound = False  # its partner is gone
