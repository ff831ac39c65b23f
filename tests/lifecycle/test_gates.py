"""Every rule of every gate: a good document meets it, its sample does not, and nothing but the rule says so."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from gateway.catalogue.gaps import Gap
from gateway.lifecycle.conduct import Conduct
from gateway.lifecycle.gates import GATES, RULES, Requirement, at_stake, blocking, judge, overridden, with_stake
from gateway.lifecycle.judged import Judged
from gateway.lifecycle.transmission import Kind
from tests.lifecycle.shop import BEFORE, ORDER, SAMPLES, good, judged, rules

REQUIREMENTS = [(kind, requirement) for kind, gate in GATES.items() for requirement in gate]
FILES = sorted(path for kind in GATES for path in (SAMPLES / kind).glob("*.json"))
NOTES = {"rule", "fault", "also"}


def sample(path: Path) -> tuple[dict[str, Any], Judged]:
    """A sample, and the document that it makes."""
    file = json.loads(path.read_text(encoding="utf-8"))
    assert set(file) >= {"rule", "fault", "of"}
    return file, judged(**{key: value for key, value in file.items() if key not in NOTES})


@pytest.mark.parametrize("name", BEFORE)
def test_a_good_document_meets_everything(name: str) -> None:
    assert rules(judged(name)) == []


def test_every_requirement_has_a_sample_and_every_sample_a_requirement() -> None:
    assert [(path.parent.name, path.stem) for path in FILES] == sorted((kind, each.rule) for kind, each in REQUIREMENTS)


@pytest.mark.requirement("V1")
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_breaks_its_rule_and_what_it_says_beside(path: Path) -> None:
    file, document = sample(path)
    assert file["rule"] == path.stem
    assert document.kind == path.parent.name
    assert sorted(rules(document)) == sorted([file["rule"], *file.get("also", {})])


@pytest.mark.parametrize(
    ("kind", "requirement"), REQUIREMENTS, ids=[f"{kind}-{each.rule}" for kind, each in REQUIREMENTS]
)
def test_without_its_requirement_nothing_finds_what_is_wrong_with_a_sample(
    kind: Kind, requirement: Requirement
) -> None:
    file, document = sample(SAMPLES / kind / f"{requirement.rule}.json")
    left = {**GATES, kind: tuple(each for each in GATES[kind] if each is not requirement)}
    assert requirement.rule in [gap.rule for gap in judge(document)]
    assert sorted(gap.rule for gap in judge(document, left)) == sorted(file.get("also", {}))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_gap_says_what_is_wrong_what_mends_it_and_who_does(path: Path) -> None:
    file, document = sample(path)
    (gap,) = (gap for gap in judge(document) if gap.rule == file["rule"])
    (requirement,) = (each for each in GATES[document.kind] if each.rule == file["rule"])
    assert (gap.owner, gap.severity) == (requirement.owner, requirement.severity)
    assert len(gap.message) > 15
    assert len(gap.remedy) > 15
    assert not [name for name, value in gap.evidence.items() if "Decimal" in value or "None" in value]


def test_a_rule_is_named_once_in_a_gate() -> None:
    for gate in GATES.values():
        assert len({requirement.rule for requirement in gate}) == len(gate)
    assert {requirement.rule for _, requirement in REQUIREMENTS} == RULES


# What a guide and a person change


def weighed(weight: Any) -> Judged:
    return judged("shipment-cartons", change={"carrier": None}, conduct=Conduct(weights={"carrier-missing": weight}))


def test_a_guide_turns_a_rule_into_a_warning_or_off() -> None:
    assert [(gap.rule, gap.severity) for gap in judge(weighed("block"))] == [("carrier-missing", "block")]
    assert [(gap.rule, gap.severity) for gap in judge(weighed("warn"))] == [("carrier-missing", "warn")]
    assert judge(weighed("off")) == ()


def test_a_guide_makes_a_warning_block() -> None:
    late = judged("shipment-cartons", change={"estimated_delivery": "2026-12-05"})
    assert [gap.severity for gap in judge(late)] == ["warn"]
    strict = replace(late, conduct=Conduct(weights={"arrives-outside-window": "block"}))
    assert [gap.severity for gap in judge(strict)] == ["block"]


def test_a_rule_that_is_off_is_not_even_asked() -> None:
    def fails(_: Judged) -> Any:
        raise AssertionError("asked")

    requirement = replace(GATES["ship-notice"][0], check=fails)
    assert judge(weighed("off"), {"ship-notice": (requirement,)}) == ()


def test_what_a_person_overrides_only_warns_and_the_rest_still_blocks() -> None:
    gaps = judge(judged("shipment-cartons", change={"carrier": None, "ship_from": None}))
    allowed = frozenset({"carrier-missing"})
    assert [gap.rule for gap in blocking(gaps, frozenset())] == ["carrier-missing", "ship-from-missing"]
    assert [gap.rule for gap in blocking(gaps, allowed)] == ["ship-from-missing"]
    assert [(gap.rule, gap.severity) for gap in overridden(gaps, allowed)] == [
        ("carrier-missing", "warn"),
        ("ship-from-missing", "block"),
    ]


def test_a_warning_keeps_nothing_back() -> None:
    assert blocking(judge(weighed("warn")), frozenset()) == ()


# What is at stake


def test_a_ship_notice_has_its_part_of_the_cost_of_its_goods_at_stake() -> None:
    charges = Conduct(charges={"ship-notice": Decimal(6)})
    document = judged("shipment-cartons", change={"carrier": None}, conduct=charges)
    # 20 x 7.25 + 96 x 43.50 / 12 + 50 x 18.00 / 5, of it 6 %
    assert document.cost == Decimal("673.00")
    assert [gap.at_stake for gap in judge(document)] == [Decimal("40.38")]


def test_an_answer_has_its_part_of_the_whole_order_at_stake() -> None:
    document = judged("order-response", conduct=Conduct(charges={"order-response": Decimal(5)}))
    assert at_stake(document) == Decimal("39.45")


def test_an_invoice_has_all_of_it_at_stake_and_what_costs_nothing_has_none() -> None:
    assert at_stake(judged("invoice")) == Decimal("741.51")
    assert at_stake(judged("order-response")) is None


def test_goods_of_a_line_that_was_never_booked_cost_nothing() -> None:
    stray = judged("shipment-cartons", change={"packs.0.items.0.line": "77"})
    assert stray.cost == Decimal("528.00")


def test_a_line_booked_with_no_pieces_costs_nothing() -> None:
    empty = {"sales_order.lines.0.base.value": "0", "sales_order.lines.0.amount": "0.00"}
    assert judged("shipment-cartons", order=empty).cost == Decimal("528.00")


# What a gate is given


@pytest.mark.parametrize(
    ("name", "wanted"), [("invoice", "response"), ("invoice", "goods"), ("order-response", "bill")]
)
def test_a_gate_for_another_document_is_a_fault(name: str, wanted: str) -> None:
    document = judged(name)
    with pytest.raises(TypeError, match="a gate for"):
        getattr(document, wanted)


def test_a_line_is_found_as_it_was_booked() -> None:
    document = judged("shipment-cartons")
    line = document.booked_line(ORDER, "2")
    assert line is not None
    assert line.sku == "ACME-002"
    assert document.booked_line(ORDER, "77") is None
    assert document.booked_line("UNKNOWN", "2") is None


def test_pieces_of_a_line_in_several_packs_are_added() -> None:
    packs = {"packs.1.items.1": good("shipment-cartons")["packs"][0]["items"][0]}
    assert judged("shipment-cartons", change=packs).packed()[ORDER, "1"] == 40
    lines = {"lines.3": good("invoice")["lines"][0]}
    assert judged("invoice", change=lines).charged()[ORDER, "1"] == 40


def test_what_the_conversion_misses_has_the_same_at_stake_as_what_the_gate_asks_for() -> None:
    charged = judged("shipment-cartons", conduct=Conduct(charges={"ship-notice": Decimal(6)}))
    missing = Gap(rule="location-missing", severity="block", message="no place", remedy="add it", owner="operations")
    known = replace(missing, at_stake=Decimal(7))
    assert [gap.at_stake for gap in with_stake((missing, known), charged)] == [at_stake(charged), Decimal(7)]
    assert at_stake(charged) is not None
