"""The corpus of other people's files, where it lies beside the checkout: its list, and what a reader finds in it."""

import csv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from gateway.findings import Finding, Severity
from gateway.syntax.envelope import Event, findings_of

Row = dict[str, str]
Read = Callable[[Iterable[bytes]], Iterator[Event]]

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"
MANIFEST = CORPUS / "MANIFEST.tsv"
MARKS = [
    pytest.mark.wild,
    pytest.mark.skipif(not MANIFEST.exists(), reason="the corpus of other people's files is not at hand"),
]


def listed(*kinds: str) -> list[Row]:
    """The rows of its list of these kinds, of all if none is named; none where it is not at hand."""
    if not MANIFEST.exists():
        return []
    with MANIFEST.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file, delimiter="\t") if not kinds or row["kind"] in kinds]


def events_of(row: Row, read: Read) -> list[Event]:
    return list(read([(CORPUS / row["file"]).read_bytes()]))


def findings_in(row: Row, read: Read) -> list[Finding]:
    return [finding for event in events_of(row, read) for finding in findings_of(event)]


def agrees(row: Row, read: Read) -> bool:
    """Whether we refuse what the list calls hard, and nothing else."""
    is_refused = any(finding.severity is Severity.REJECT for finding in findings_in(row, read))
    return is_refused == (row["severity"] == "hard")
