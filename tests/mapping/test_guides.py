"""Guides: what they say, and everything that can be wrong in a guide.toml, with its line."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal

import pytest

from gateway.errors import MappingError
from gateway.mapping.guides import parse_duration
from gateway.mapping.library import Mappings

Overlay = Callable[[Mapping[str, str]], Mappings]
FILE = "mappings/guides/trial/guide.toml"
GOOD = """\
title = "Trial"
standard = "x12"
[messages.850]
grammar = "x12/004010/850"
direction = "in"
[envelope]
element = "*"
component = ">"
terminator = "~"
file_name = "{partner}_{control_number}.edi"
[answers]
TA1 = "always"
[deadlines]
answer = "24h"
[unsaid]
850 = ["promotion"]
"""


def problems(overlay: Overlay, text: str) -> list[tuple[int | None, str]]:
    return [(problem.line, problem.message) for problem in overlay({FILE: text}).problems(["trial"])]


def test_a_good_guide_says_what_it_says(overlay: Overlay) -> None:
    mappings = overlay({FILE: GOOD})
    guide = mappings.guide("trial")
    assert problems(overlay, GOOD) == []
    assert (guide.title, guide.standard, guide.deadlines) == ("Trial", "x12", {"answer": timedelta(hours=24)})
    assert (guide.messages["850"].version, guide.takes("850"), guide.takes("997")) == ("004010", True, False)
    assert guide.leaves_unsaid("850", "promotion")
    assert not guide.leaves_unsaid("850", "number")
    assert guide is mappings.guide("trial")
    assert mappings.guided("trial", "850") is mappings.guided("trial", "850")
    assert mappings.grammar("trial", "850") is mappings.grammars.grammar("x12/004010/850")


def test_a_field_below_an_unsaid_one_is_unsaid(mappings: Mappings) -> None:
    guide = mappings.guide("amazon-us")
    assert guide.leaves_unsaid("855", "lines[3].vat_rate")
    assert guide.leaves_unsaid("855", "ship_to.street[0]")
    assert not guide.leaves_unsaid("855", "lines[3].price")


WRONG: dict[str, tuple[str, str, int, str]] = {
    "a standard that is no pattern": ('standard = "x12"', 'standard = "x[12"', 2, "standard"),
    "an unknown key": ('title = "Trial"', 'colour = "red"', 1, "colour: unknown key, expected one of answers"),
    "a title that is no text": ('title = "Trial"', "title = 3", 1, "title: is 3, expected a text"),
    "an unknown standard": ('"x12"\n', '"xml"\n', 2, "standard: is 'xml', expected one of x12, edifact"),
    "a message that is no table": (
        '[messages.850]\ngrammar = "x12/004010/850"\ndirection = "in"\n',
        "[messages]\n850 = 3\n",
        4,
        "messages.850: expected a table",
    ),
    "no grammar": ('grammar = "x12/004010/850"', "", 3, "messages.850.grammar: is '', expected a grammar like"),
    "another standard's grammar": ('"x12/004010/850"', '"edifact/d96a/ORDERS"', 4, "expected a grammar like"),
    "an unknown direction": ('"in"', '"up"', 5, "messages.850.direction: is 'up', expected one of in, out, both"),
    "an unknown key of a message": ('direction = "in"', 'direction = "in"\nway = "in"', 6, "messages.850.way: unknown"),
    "an unknown detail": ('direction = "in"', 'direction = "in"\ndetail = "all"', 6, "messages.850.detail: is 'all'"),
    "an unknown key of the envelope": ('element = "*"', 'element = "*"\nmark = "*"', 8, "envelope.mark: unknown key"),
    "a letter as delimiter": ('"*"', '"A"', 7, "envelope.element: expected one character that is no letter or digit"),
    "two characters": ('"~"', '"~~"', 9, "envelope.terminator: expected one character"),
    "no delimiter": ('component = ">"\n', "", 6, "envelope.component: expected one character"),
    "a delimiter that is no text": ('"~"', "3", 9, "envelope.terminator: is 3, expected a text"),
    "equal delimiters": ('">"', '"*"', 6, "envelope: the delimiters must differ"),
    "an unknown part of a file name": ('"{partner}_', '"{colour}_', 10, "{colour} is unknown, there is {partner}, "),
    "a file name without its number": ("{control_number}", "{number}", 10, "{control_number} must be in it"),
    "an unknown answer": ('"always"', '"sometimes"', 12, "answers.TA1: is 'sometimes', expected one of always"),
    "an answer that there is not": ("TA1 =", "998 =", 12, "answers.998: unknown answer, expected one of 997, 999, TA1"),
    "an answer that cannot be written": ("TA1 =", "999 =", 12, "answers.999: needs [messages.999] with direction out"),
    "answers that are no table": ('[answers]\nTA1 = "always"\n', "", 1, "answers: expected a table"),
    "an unknown deadline": ("answer = ", "question = ", 14, "deadlines.question: '24h': expected one of answer, "),
    "no duration": ('"24h"', '"soon"', 14, "deadlines.answer: 'soon': expected one of answer, "),
    "an unsaid field nobody has": ('["promotion"]', '["colour"]', 16, "unsaid.850: 'colour': no field 'colour'"),
    "unsaid that is no list": ('["promotion"]', '"promotion"', 16, "unsaid.850: expected a list of fields"),
    "unsaid of another message": ("850 = [", "856 = [", 16, "unsaid.856: unknown key, expected one of 850"),
}


def test_an_edifact_message_says_its_identifier_and_whether_it_asks_for_an_answer(overlay: Overlay) -> None:
    edifact = (
        GOOD.replace('"x12"', '"edifact"').replace("x12/004010/850", "edifact/d96a/ORDERS").replace("850", "ORDERS")
    )
    text = edifact.replace('direction = "in"\n', 'direction = "in"\nidentifier = "D96A"\nasks = "yes"\n')
    told = problems(overlay, text)
    assert (6, "messages.ORDERS.identifier: is 'D96A', expected version, release and agency like D:96A:UN") in told
    assert (7, "messages.ORDERS.asks: expected true or false") in told


def test_messages_are_known_by_name_whether_or_not_anything_maps_them(mappings: Mappings) -> None:
    for _ in range(2):
        assert {"850", "997", "830"} <= mappings.known_messages("x12")
        assert {"ORDERS", "CONTRL", "DELFOR"} <= mappings.known_messages("edifact")


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_guide_is_told_with_its_line(name: str, overlay: Overlay) -> None:
    old, new, line, message = WRONG[name]
    assert old in GOOD
    text = GOOD.replace(old, new)
    text = f"answers = 3\n{text}" if name == "answers that are no table" else text
    found = problems(overlay, text)
    assert [(at, told) for at, told in found if message in told and at == line], found


def test_a_wrong_guide_is_refused_when_asked_for(overlay: Overlay) -> None:
    with pytest.raises(MappingError, match=r"guide.toml:2: standard: is 'xml'"):
        overlay({FILE: GOOD.replace('"x12"\n', '"xml"\n')}).guide("trial")


def test_a_guide_that_is_no_toml_or_not_there_is_a_problem(overlay: Overlay, mappings: Mappings) -> None:
    assert problems(overlay, "[")[0][0] == 1
    assert "no such file" in mappings.problems(["nobody"])[0].message


def test_a_message_without_a_mapping_is_only_checked_for_its_grammar(overlay: Overlay) -> None:
    other = GOOD.replace("850", "999").replace('[unsaid]\n999 = ["promotion"]\n', "")
    missing = problems(overlay, other)
    assert "999.toml" in str(overlay({FILE: other}).problems(["trial"])[0]) or missing == []


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30 min", timedelta(minutes=30)),
        ("90s", timedelta(seconds=90)),
        ("7d", timedelta(days=7)),
        ("2m", timedelta(minutes=2)),
        ("7 weeks", None),
        ("-1h", None),
    ],
)
def test_durations_are_written_as_people_say_them(text: str, duration: timedelta | None) -> None:
    assert parse_duration(text) == duration


CONDUCT = f"""{GOOD}
[conduct]
back_orders       = "allowed"
orders_an_invoice = "many"
local_times       = "utc"
labels            = ["sscc", "tracking"]
label_days        = 90
corrections       = {{ 850 = "replace" }}

[gates]
tracking-missing = "warn"

[charges]
ship-notice = "2.5 %"
"""


def test_a_guide_says_how_the_partner_wants_to_be_dealt_with(overlay: Overlay) -> None:
    guide = overlay({FILE: CONDUCT}).guide("trial")
    assert guide.conduct == {"back_orders": "allowed", "orders_an_invoice": "many", "local_times": "utc"}
    assert (guide.labels, guide.label_days, guide.corrections) == (("sscc", "tracking"), 90, {"850": "replace"})
    assert (guide.gates, guide.charges) == ({"tracking-missing": "warn"}, {"ship-notice": Decimal("2.5")})


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"allowed"', '"never"', "conduct.back_orders: is 'never', expected one of as-ordered, allowed"),
        ('"tracking"]', '"paint"]', "conduct.labels: is 'paint', expected one of sscc, tracking"),
        ("= 90", '= "long"', "conduct.label_days: is 'long', expected a number of days"),
        ("= 90", "= true", "conduct.label_days: is True, expected a number of days"),
        ("{ 850 =", "{ 999 =", "conduct.corrections.999: unknown key, expected one of 850"),
        ('"replace"', '"again"', "conduct.corrections.850: is 'again', expected one of original, replace"),
        ('"warn"', '"shout"', "gates.tracking-missing: is 'shout', expected one of block, warn, off"),
        ('"2.5 %"', '"much"', "charges.ship-notice: is 'much', expected a part of the cost like \"6 %\""),
        (
            "ship-notice = ",
            "lorry = ",
            "charges.lorry: unknown key, expected one of invoice, order-response",
        ),
        ("label_days ", "label_weeks ", "conduct.label_weeks: unknown key, expected one of back_orders, "),
    ],
)
def test_a_conduct_that_is_wrong_is_told(overlay: Overlay, old: str, new: str, told: str) -> None:
    assert old in CONDUCT
    found = problems(overlay, CONDUCT.replace(old, new))
    assert any(told in message for _, message in found), found
