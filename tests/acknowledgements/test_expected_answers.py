"""The faulty messages of samples/invalid get the answers that were written down for them, segment for segment.

Each file is received and answered by the real readers, grammars and mappings (conftest.py); what stands beside it says
what must be found in it, and what must be answered.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gateway.findings import CODES, Severity
from gateway.grammar.arrangement import arrange
from gateway.grammar.library import Library
from gateway.resources import SHIPPED

Clerk = Callable[[], Any]

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

# Codes that go by another number than that of their row in findings.CODES, and why.
TOLD_OTHERWISE = {
    "128-too-many-components": "004010 has no 13",
    "129-component-in-a-simple-element": "004010 has no 13",
    "156-message-of-another-group": "004010 has 6 for what is 18 in 005010",
}

_NOTICES = {"code-unlisted", "data-unmapped"}


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_the_answer_is_the_one_written_down(sample: Sample, clerk: Clerk) -> None:
    answers = clerk().receive(sample.file.read_bytes()).answers
    kinds = tuple(dict.fromkeys(answer.kind for answer in answers))
    assert kinds == (sample.answers if sample.expected else ())
    assert [_printed(segment) for answer in answers for segment in answer.segments] == list(sample.expected)


def _printed(segment: Any) -> str:
    """A segment as the samples print it: with the marks that each standard is known by."""
    tag, elements = segment
    cells = ((cell,) if isinstance(cell, str) else cell for cell in elements)
    if tag.startswith("UC"):
        return "+".join((tag, *(":".join(re.sub(r"([+:?'])", r"?\1", text) for text in cell) for cell in cells)))
    return "*".join((tag, *(COMPONENT.join(cell) for cell in cells)))


@pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.name)
def test_the_fault_is_found_and_no_other(sample: Sample, clerk: Clerk) -> None:
    found = clerk().receive(sample.file.read_bytes()).found
    assert found - (_NOTICES - sample.codes) == sample.codes


# The samples themselves


def test_there_are_more_than_sixty_samples_in_two_halves() -> None:
    halves = [[sample for sample in ALL if sample.file.parent.name == half] for half in ("x12", "edifact")]
    assert sum(map(len, halves)) == len(ALL) > 60
    assert all(len(half) >= 30 for half in halves)
    assert {answer for sample in ALL for answer in sample.answers} == {"997", "999", "TA1", "CONTRL", "none"}


def test_every_file_has_its_answer_and_every_answer_its_file() -> None:
    assert {file.with_suffix(".edi") for file in SAMPLES.rglob("*.toml")} == {sample.file for sample in ALL}


def test_the_exceptions_are_samples() -> None:
    assert TOLD_OTHERWISE.keys() <= {sample.name for sample in ALL}


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
        grammar = Library(SHIPPED.read_text).grammar(name)
        found = arrange(segments, grammar, ("*", COMPONENT, "~", ""), lambda *_: 0).findings
        rejecting = [finding for finding in found if finding.severity is Severity.REJECT]
        assert not (rejecting if sample.name in _REPEATED else found)
