"""The faulty messages of samples/invalid get the answers that were written down for them, segment for segment.

BUILDERS names the answers that can be built, each by a function from the bytes of a file to the segments of its answer.
A sample is collected once all that it is answered with is in the table.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
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
from gateway.syntax.envelope import Unreadable
from gateway.syntax.interchanges import Group, Interchange, gather
from gateway.syntax.message import Message

SAMPLES = Path(__file__).parents[2] / "samples" / "invalid"
COMPONENT = ">"


@dataclass(frozen=True)
class Sample:
    """One faulty file, what is wrong with it, and the answer that is due."""

    file: Path
    fault: str
    rests_on: str
    finding: str
    answers: tuple[str, ...]
    expected: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def name(self) -> str:
        """`101-unknown-tag`: the number is that of the interchange."""
        return self.file.stem

    @property
    def codes(self) -> set[str]:
        """The findings that are due, and no others."""
        return {self.finding, *self.also}

    def names(self) -> Iterator[tuple[str, str]]:
        """Every error code in the answer that is due, each with the field of findings.Code where it stands."""
        for line in self.expected:
            tag, *elements = line.split("*") if "*" in line else re.split(r"(?<!\?)\+", line)
            for kind, start, end in _TOLD.get(tag, ()):
                yield from ((kind, code) for code in elements[start:end] if code)


# Where the error codes stand: segment, field of findings.Code, first element and the one behind the last, from 0.
_TOLD = {
    **dict.fromkeys(("AK3", "IK3"), (("segment", 3, 4),)),
    **dict.fromkeys(("AK4", "IK4"), (("element", 2, 3),)),
    **dict.fromkeys(("AK5", "IK5"), (("message", 1, 6),)),
    "AK9": (("group", 4, 9),),
    "TA1": (("interchange", 4, 5),),
    **dict.fromkeys(("UCI", "UCF"), (("contrl", 4, 5),)),
    "UCM": (("contrl", 3, 4),),
    "UCS": (("contrl", 1, 2),),
    "UCD": (("contrl", 0, 1),),
}


def read_sample(file: Path) -> Sample:
    """The sample of an .edi file, from the .toml beside it."""
    told = tomllib.loads(file.with_suffix(".toml").read_text(encoding="utf-8"))
    fault, rests_on, finding, answers = (str(told.pop(key)) for key in ("fault", "rests_on", "finding", "answers"))
    expected, also = (tuple(told.pop(key, ())) for key in ("expected", "also"))
    assert not told, f"{file.stem}.toml: unknown keys {', '.join(told)}"
    return Sample(file, fault, rests_on, finding, tuple(answers.split()), expected, also)


ALL = [read_sample(file) for file in sorted(SAMPLES.rglob("*.edi"))]

# What the code says otherwise today, and why the sample is right. A row whose sample passes fails until it is removed.
AWAITED = {
    "126-condition-exclusive-reversed": "E is broken at the second element of the segment, not of the condition",
    "141-in-a-bounded-loop": "AK303 names a loop bounded by LS and LE",
    "156-message-of-another-group": "a type that does not belong in its group is 6; told as one that no guide takes",
    "160-group-type-unknown": "a GS01 that no group has is not noticed",
}

# Codes that go by another number than that of their row in findings.CODES, and why.
TOLD_OTHERWISE = {
    "128-too-many-components": "004010 has no 13",
    "129-component-in-a-simple-element": "004010 has no 13",
    "211-999-message-of-another-group": "005010 has 18 for what is 6 in 004010",
    "312-second-header-before-trailer": "what is missing before an ISA is 022, at the end of the file 023",
    "319-component-separator-is-a-letter": "027 is the component separator, 026 the element separator",
    "574-count-of-lines": "29 has no place in UCD",
}

# Judged by what came before, which a file alone does not tell.
_JUDGED_BY_THE_JOURNAL = {"interchange-conflict", "interchange-repeat"}
_NOTICES = {"code-unlisted", "data-unmapped"}


# Building answers: what receiving does, without a journal and a configuration


@cache
def mappings() -> Mappings:
    """The mappings and grammars that we ship."""
    return Mappings(SHIPPED.read_text, SHIPPED.exists)


DESK: Any = SimpleNamespace(guide=lambda partner: mappings().guide(partner.guide))
PARTNER: Any = SimpleNamespace(guide="amazon-us")


def judge_message(message: Message) -> Judged:
    """What is wrong with a message: its envelope, and by the standard alone its grammar and meaning."""
    known = check_message(message, PARTNER, DESK)
    found = known or read_message(message, mappings().standard(f"x12/{message.type}")).findings
    return Judged(message.type, message.control_number, (*message.findings, *found))


def judge_group(group: Group) -> tuple[tuple[Finding, ...], list[Judged]]:
    """The findings of a group itself, and its messages as theirs leave them."""
    findings = (*group.findings, *check_versions(group, PARTNER, DESK))
    return findings, [judge_message(message) for message in group.messages]


def taken_interchanges(data: bytes) -> Iterator[Interchange]:
    """The interchanges of a file that are not refused whole."""
    parts = (part for part in gather(x12.read([data])) if not isinstance(part, Unreadable))
    return (part for part in parts if part.is_sound)


def answer_groups(data: bytes) -> Iterator[str]:
    """The segments of the 997 for each group, header and trailer left out."""
    for group in (group for interchange in taken_interchanges(data) for group in interchange.groups):
        findings, judged = judge_group(group)
        opened = group.opened
        content = acknowledge_group(opened.kind, opened.control_number, group.declared, judged, findings)
        answer = FunctionalAcknowledgement.model_validate(content)
        for tag, elements in write_document(answer, mappings().standard("x12/997")).segments:
            texts = (element if isinstance(element, str) else COMPONENT.join(element) for element in elements)
            yield "*".join((tag, *texts))


BUILDERS: dict[str, Callable[[bytes], Iterator[str]]] = {"997": answer_groups}
BUILDABLE = [sample for sample in ALL if set(sample.answers) <= BUILDERS.keys()]


def each(samples: list[Sample], exceptions: dict[str, str]) -> list[Any]:
    """The samples as parameters; those among the exceptions must fail."""

    def marks(name: str) -> list[Any]:
        return [pytest.mark.xfail(reason=exceptions[name])] if name in exceptions else []

    return [pytest.param(sample, id=sample.name, marks=marks(sample.name)) for sample in samples]


@pytest.mark.parametrize("sample", each(BUILDABLE, AWAITED))
def test_the_answer_is_the_one_written_down(sample: Sample) -> None:
    segments = [line for answer in sample.answers for line in BUILDERS[answer](sample.file.read_bytes())]
    assert segments == list(sample.expected)


NOT_FOUND = {name: AWAITED[name] for name in ("156-message-of-another-group", "160-group-type-unknown")}


@pytest.mark.parametrize("sample", each(BUILDABLE, NOT_FOUND))
def test_the_fault_is_found_and_no_other(sample: Sample) -> None:
    found: set[str] = set()
    for interchange in taken_interchanges(sample.file.read_bytes()):
        found |= {finding.code for finding in interchange.findings}
        for findings, judged in (judge_group(group) for group in interchange.groups):
            found |= {finding.code for finding in (*findings, *(f for message in judged for f in message.findings))}
    second_time = {"interchange-duplicate"} if sample.codes & _JUDGED_BY_THE_JOURNAL else set()
    assert found - (_NOTICES - sample.codes) == sample.codes - _JUDGED_BY_THE_JOURNAL | second_time


# The samples themselves


def test_there_are_more_than_sixty_samples_in_two_halves() -> None:
    halves = [[sample for sample in ALL if sample.file.parent.name == half] for half in ("x12", "edifact")]
    assert sum(map(len, halves)) == len(ALL) > 60
    assert all(len(half) >= 30 for half in halves)
    assert {answer for sample in ALL for answer in sample.answers} == {"997", "999", "TA1", "CONTRL", "none"}


def test_every_file_has_its_answer_and_every_answer_its_file() -> None:
    assert {file.with_suffix(".edi") for file in SAMPLES.rglob("*.toml")} == {sample.file for sample in ALL}


def test_the_exceptions_are_samples() -> None:
    assert AWAITED.keys() | TOLD_OTHERWISE.keys() <= {sample.name for sample in ALL}


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_a_sample_says_what_it_rests_on_and_which_finding_it_shows(sample: Sample) -> None:
    assert sample.fault.endswith(".")
    assert sample.rests_on.endswith(".")
    assert sample.codes <= CODES.keys()
    assert (sample.answers == ("none",)) == (not sample.expected)


@pytest.mark.parametrize("sample", [sample for sample in ALL if sample.expected], ids=lambda sample: sample.name)
def test_the_codes_told_are_those_of_the_table_of_findings(sample: Sample) -> None:
    rows = [CODES[code] for code in sample.codes]
    due = {(kind, number) for row in rows for kind in _TOLD_KINDS if (number := getattr(row, kind))}
    announced = {("message", "5"), ("interchange", "000")}  # that segments are in error, that nothing is
    assert (set(sample.names()) - announced <= due) == (sample.name not in TOLD_OTHERWISE)


_TOLD_KINDS = {kind for places in _TOLD.values() for kind, _, _ in places}
# Answers repeat control numbers as they came, also where those are what is wrong.
_REPEATED = {"157-message-control-number", "165-group-control-number"}


@pytest.mark.parametrize("sample", [sample for sample in ALL if sample.expected], ids=lambda sample: sample.name)
def test_the_answers_written_down_keep_their_own_grammar(sample: Sample) -> None:
    text = "\n".join(sample.expected)
    if sample.answers == ("CONTRL",):
        tags = " ".join(line[:3] for line in sample.expected) + " "
        assert re.fullmatch(r"(UCI ((UCM (UCS (UCD )*)*)|(UCF (UCM (UCS (UCD )*)*)*))*)+", tags)
        return
    for line in re.findall(r"^TA1.*", text, re.MULTILINE):
        assert re.fullmatch(r"TA1\*\w{9}\*\d{6}\*\d{4}\*[AER]\*\d{3}", line)
    kind, name = ("999", "x12/005010/999") if "999" in sample.answers else ("997", "x12/004010/997")
    for body in re.findall(r"^AK1.*?^AK9[^\n]*", text, re.MULTILINE | re.DOTALL):
        segments = [f"ST*{kind}*0001", *body.split("\n"), "SE*0*0001"]
        grammar = mappings().grammars.grammar(name)
        found = arrange(segments, grammar, ("*", COMPONENT, "~", ""), lambda *_: 0).findings
        rejecting = [finding for finding in found if finding.severity is Severity.REJECT]
        assert not (rejecting if sample.name in _REPEATED else found)
