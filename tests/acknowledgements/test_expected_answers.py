"""The faulty messages of samples/invalid get the answers that were written down for them, segment for segment.

BUILDERS names the answers that can be built, each by a function from the bytes of a file to the segments of its answer.
A sample is collected once all that it is answered with is in the table.
"""

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import takewhile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.documents import FunctionalAcknowledgement
from gateway.findings import CODES, Finding, Severity
from gateway.grammar.acknowledge import Judged, acknowledge_group
from gateway.grammar.tree import arrange
from gateway.mapping.library import Mappings
from gateway.mapping.messages import read_message
from gateway.mapping.writing import write_document
from gateway.pipeline.partners import check_message, check_versions
from gateway.resources import SHIPPED
from gateway.syntax import x12
from gateway.syntax.envelope import Unreadable, findings_of
from gateway.syntax.interchanges import Group, gather
from gateway.syntax.message import Message

SAMPLES = Path(__file__).parents[2] / "samples" / "invalid"
KEYS = {"fault", "rests_on", "finding", "also", "answers", "expected"}
COMPONENT = ">"


@dataclass(frozen=True)
class Sample:
    """One faulty file, what is wrong with it, and the answer that is due."""

    file: Path
    fault: str
    rests_on: str
    finding: str
    answers: str
    expected: tuple[str, ...]
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """`101-unknown-tag`: the number is that of the interchange."""
        return self.file.stem

    @property
    def is_edifact(self) -> bool:
        """Which half of the samples it belongs to."""
        return self.file.parent.name == "edifact"

    @property
    def codes(self) -> set[str]:
        """The findings that are due, and no others."""
        return {self.finding, *self.also}


def read_sample(file: Path) -> Sample:
    """The sample of an .edi file, from the .toml beside it."""
    told = tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8"))
    assert told.keys() <= KEYS, f"{file.stem}: {told.keys() - KEYS}"
    lists = {key: tuple(told.pop(key, ())) for key in ("expected", "also")}
    return Sample(file, **told, **lists)


ALL = [read_sample(file) for file in sorted(SAMPLES.rglob("*.edi"))]

# What the code does otherwise today, and why the sample is right. A row whose sample passes fails until it is removed.
AWAITED: dict[str, str] = {}


# Building answers


@cache
def mappings() -> Mappings:
    """The mappings and grammars that we ship."""
    return Mappings(SHIPPED.read_text, SHIPPED.exists)


def a_desk_without_a_journal() -> Any:
    """As much of the desk as it takes to judge whether a partner sends such messages: the guide's word."""
    return SimpleNamespace(guide=lambda partner: mappings().guide(partner.guide))


PARTNER: Any = SimpleNamespace(guide="amazon-us")


def judge_message(message: Message) -> Judged:
    """What is wrong with a message by the standard alone: its envelope, its grammar, its meaning."""
    known = check_message(message, PARTNER, a_desk_without_a_journal())
    found = known or read_message(message, mappings().standard(f"x12/{message.type}")).findings
    return Judged(message.type, message.control_number, (*message.findings, *found))


def judge_group(group: Group) -> tuple[tuple[Finding, ...], list[Judged]]:
    """The findings of a group itself, and its messages as theirs leave them."""
    findings = (*group.findings, *check_versions(group, PARTNER, a_desk_without_a_journal()))
    return findings, [judge_message(message) for message in group.messages]


def answer_groups(data: bytes) -> Iterator[str]:
    """The segments of the 997 for each group, header and trailer left out."""
    for part in gather(x12.read([data])):
        if isinstance(part, Unreadable) or not part.is_sound:
            continue
        for group in part.groups:
            findings, judged = judge_group(group)
            opened = group.opened
            content = acknowledge_group(opened.kind, opened.control_number, group.declared, judged, findings)
            answer = FunctionalAcknowledgement.model_validate(content)
            for tag, elements in write_document(answer, mappings().standard("x12/997")).segments:
                texts = (element if isinstance(element, str) else COMPONENT.join(element) for element in elements)
                yield "*".join((tag, *texts))


BUILDERS: dict[str, Callable[[bytes], Iterator[str]]] = {"997": answer_groups}


def collect(samples: list[Sample]) -> list[Any]:
    """The samples whose answers can be built; those in AWAITED must fail."""
    return [
        pytest.param(
            sample,
            id=sample.name,
            marks=[pytest.mark.xfail(reason=AWAITED[sample.name])] if sample.name in AWAITED else [],
        )
        for sample in samples
        if set(sample.answers.split()) <= BUILDERS.keys()
    ]


@pytest.mark.parametrize("sample", collect(ALL))
def test_the_answer_is_the_one_written_down(sample: Sample) -> None:
    segments = [line for answer in sample.answers.split() for line in BUILDERS[answer](sample.file.read_bytes())]
    assert segments == list(sample.expected)
