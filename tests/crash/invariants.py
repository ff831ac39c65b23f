"""What must hold when everything has come to rest, whatever the machine died on.

Every order handed in came out as one sales order with its pieces, every interchange was answered, every response left
once, every series of control numbers has neither gap nor double, and the journal proves itself. What came out is read
from the eaten bytes by a reader of its own; the journal is asked only what it alone can know.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from sqlite3 import DatabaseError

from gateway.errors import JournalError
from gateway.journal import Journal, verify
from tests.crash.reader import Broken, Letter, Order, read_letter, read_order
from tests.crash.stage import Stage, query

# Codes under which a file is kept for a person because it was under way at more than one crash (R23).
_HELD = frozenset({"poison", "poison-file", "file-poisoned"})
_OURS = {"amazon-us": "AMAZON", "amazon-eu": "5450534000000"}

# How the laws are summed up for people.
_SUMMARY: dict[str, tuple[str, ...]] = {
    "lost": ("lost",),
    "doubled": ("doubled",),
    "number gaps": ("gap",),
    "broken": ("broken", "altered"),
    "journal": ("journal",),
    "quarantined": ("quarantine",),
    "ended": ("ended", "lock"),
    "fsync": ("fsync",),
    "cases": ("case",),
}


@dataclass(frozen=True)
class Violation:
    """A law that does not hold, by the words of `_SUMMARY`, and what was seen."""

    law: str
    text: str

    def __str__(self) -> str:
        return f"{self.law}: {self.text}"


@dataclass
class Verdict:
    """What was counted and what is wrong.

    `again` are answers that went a second time because their interchange was taken for a repeat (R9): the crash came
    between the commit and the removal of the file. `held` are files that wait for a person.
    """

    orders: int = 0
    answers: int = 0
    responses: int = 0
    numbers: int = 0
    again: int = 0
    held: int = 0
    violations: list[Violation] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        """Count another instance in."""
        for name in ("orders", "answers", "responses", "numbers", "again", "held"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.violations += other.violations

    @property
    def summary(self) -> str:
        """How often each law was broken, in one line."""
        figures = {name: self.count(*laws) for name, laws in _SUMMARY.items()} | {"held": self.held}
        return ", ".join(f"{name} {count}" for name, count in figures.items())

    def count(self, *laws: str) -> int:
        """How many of the violations are of these laws."""
        return sum(1 for violation in self.violations if violation.law in laws)


def judge(stage: Stage) -> Verdict:
    """Look at an instance that has come to rest, and at all that was eaten of it."""
    verdict = Verdict()
    letters, orders = [], []
    for eaten in stage.eaten:
        try:
            if eaten.folder == "erp/out":
                orders.append(read_order(eaten.data))
            else:
                letters.append(read_letter(eaten.data))
        except Broken as wrong:
            verdict.violations.append(Violation("broken", f"{eaten.folder}/{eaten.name}: {wrong}"))
    names = Counter((eaten.folder, eaten.name) for eaten in stage.eaten)
    verdict.violations += [Violation("doubled", f"{'/'.join(n)} came {c} times") for n, c in names.items() if c > 1]
    verdict.orders, verdict.numbers = len(orders), len(letters)
    verdict.violations += _orders(stage, orders)
    try:
        verdict.violations += _answers(stage, letters, verdict)
    except DatabaseError as wrong:
        verdict.violations.append(Violation("journal", str(wrong)))
    verdict.violations += _responses(stage, letters, verdict)
    verdict.violations += _numbers(letters)
    verdict.violations += _folders(stage, verdict)
    verdict.violations += _journal(stage.folder / "journal.db", stage.expected.spoilt)
    return verdict


def _orders(stage: Stage, orders: Iterable[Order]) -> Iterator[Violation]:
    came: dict[tuple[str, str], list[Order]] = {}
    for order in orders:
        came.setdefault((order.partner, order.number), []).append(order)
    for key, lines in stage.expected.orders.items():
        found = came.pop(key, [])
        if not found:
            yield Violation("lost", f"no sales order for {' '.join(key)}")
        elif len(found) > 1:
            yield Violation("doubled", f"{len(found)} sales orders for {' '.join(key)}")
        elif found[0].lines != lines or found[0].revision:
            yield Violation("altered", f"the sales order for {' '.join(key)} says {found[0].lines}, not {lines}")
    yield from (Violation("doubled", f"a sales order that nobody ordered: {' '.join(key)}") for key in came)


def _answers(stage: Stage, letters: list[Letter], verdict: Verdict) -> Iterator[Violation]:
    said = Counter((each.to, each.about) for each in letters if each.message in ("997", "CONTRL"))
    taken: Counter[tuple[str, int]] = Counter()
    as_new: Counter[tuple[str, int]] = Counter()
    for of, written, outcome in _interchanges(stage.folder / "journal.db"):
        if outcome not in ("taken", "repeat"):
            yield Violation("journal", f"interchange {written} of {of} is {outcome}")
        taken[of, int(written)] += 1
        as_new[of, int(written)] += outcome == "taken"
    for partner, number in stage.expected.interchanges:
        count, times = said[_OURS[partner], str(number)], taken[partner, number]
        verdict.answers += min(count, 1)
        if not count:
            yield Violation("lost", f"no answer to interchange {number} of {partner}")
        elif count != times:
            yield Violation("doubled", f"interchange {number} of {partner}: taken {times} times, answered {count}")
        if as_new[partner, number] > 1:
            yield Violation("doubled", f"interchange {number} of {partner} was twice taken for a new one")
        verdict.again += max(count - 1, 0)


def _interchanges(journal: Path) -> list[tuple[str, str, str]]:
    sql = "SELECT coalesce(partner, '?'), control_number, outcome FROM interchanges WHERE direction = 'in'"
    return [(str(partner), str(number), str(outcome)) for partner, number, outcome in query(journal, sql)]


def _responses(stage: Stage, letters: list[Letter], verdict: Verdict) -> Iterator[Violation]:
    left = Counter((each.to, each.about) for each in letters if each.message in ("855", "ORDRSP"))
    verdict.responses = sum(left.values())
    for partner, number in stage.expected.answered:
        count = left.pop((_OURS[partner], number), 0)
        if count != 1:
            yield Violation("doubled" if count else "lost", f"{count} responses to order {number} of {partner}")
    yield from (Violation("doubled", f"a response that the ERP never gave: {about}") for _, about in left)


def _numbers(letters: list[Letter]) -> Iterator[Violation]:
    for to in sorted({letter.to for letter in letters}):
        own = [letter for letter in letters if letter.to == to]
        yield from _series(f"interchanges to {to}", [letter.number for letter in own])
        yield from _series(f"groups to {to}", [letter.group for letter in own if letter.group is not None])


def _series(name: str, numbers: list[int]) -> Iterator[Violation]:
    twice = sorted(number for number, count in Counter(numbers).items() if count > 1)
    if twice:
        yield Violation("doubled", f"{name}: {twice[:5]} used twice")
    missing = sorted(set(range(1, max(numbers, default=0) + 1)) - set(numbers))
    if missing:
        yield Violation("gap", f"{name}: {missing[:5]} never came")


def _folders(stage: Stage, verdict: Verdict) -> Iterator[Violation]:
    quarantine = stage.folder / "quarantine"
    lies = {path.name: path for path in quarantine.iterdir() if not path.name.startswith(".")}
    for name, data in stage.expected.spoilt.items():
        copy, reason = lies.pop(name, None), lies.pop(f"{name}.reason.json", None)
        if copy is None or copy.read_bytes() != data:
            yield Violation("lost", f"{name} is not in quarantine with its bytes")
        if reason is None or not json.loads(reason.read_bytes() or b"{}"):
            yield Violation("lost", f"{name} lies in quarantine without a reason")
    for name, path in lies.items():
        said = json.loads(path.read_bytes() or b"{}") if name.endswith(".reason.json") else {}
        verdict.held += said.get("code") in _HELD
        yield Violation("quarantine", f"{name} {said.get('code', '')} {said.get('message', '')}".strip())
    for folder in ("amazon/out/.staging", "erp/out/.staging"):
        staging = stage.folder / folder
        left = sorted(path.name for path in staging.iterdir()) if staging.is_dir() else []
        yield from (Violation("lost", f"{name} was staged and never left") for name in left)
    if waiting := stage.waiting():
        yield Violation("lost", f"{waiting} files still wait in the inboxes")


def _journal(path: Path, spoilt: Iterable[str]) -> Iterator[Violation]:
    try:
        if (trouble := query(path, "PRAGMA quick_check(1)")) != [("ok",)]:
            yield Violation("journal", f"it is damaged: {trouble[0][0]}")
            return
        with Journal.open(path, read_only=True) as journal:
            yield from (Violation("journal", problem) for problem in verify(journal).problems)
            for dispatch in journal.dispatches():
                if dispatch.state != "delivered":
                    yield Violation("lost", f"{dispatch.name} is {dispatch.state}: {dispatch.error}")
            for case in journal.open_cases():
                if not any(case.message.startswith(name) for name in spoilt):
                    yield Violation("case", f"{case.code}: {case.message}")
    except (JournalError, DatabaseError) as wrong:
        yield Violation("journal", str(wrong))
