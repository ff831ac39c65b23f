"""The small XPath of rows: child steps, a predicate each, and at the end an attribute or the text.

    E1EDK02[QUALF='001']/BELNR      window/@not_before      base      .      @version      street..
    E1EDKA1[PARVW='WE' or PARVW='AG']/PARTN     any value is read, the first is written
    E1EDKT1[TDID='0001']/E1EDKT2../TDLINE       `..` behind the step that comes again: the row is a list

All else of XPath is refused: a path must be as good for writing as for reading.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_NAME = r"[A-Za-z_][\w-]*(?:\.[\w-]+)*"
_TEST = re.compile(rf"\s*(@?{_NAME})\s*=\s*'([^']*)'\s*", re.ASCII)
_STEP = re.compile(rf"({_NAME})(?:\[([^\]]*)\])?(\.\.)?", re.ASCII)
_ATTRIBUTE = re.compile(rf"@({_NAME})", re.ASCII)
_HELP = "write `window/@not_before`, `E1EDK02[QUALF='001']/BELNR` or `street..`"


@dataclass(frozen=True, slots=True)
class Step:
    """One element down. `test` is the child or `@attribute` whose text must be one of `values`."""

    name: str
    test: str = ""
    values: tuple[str, ...] = ()
    repeats: bool = False

    def holds(self, element: Any) -> bool:
        """Whether the predicate is true of an element of this name."""
        return not self.test or value_at(element, self.test) in self.values


@dataclass(frozen=True, slots=True)
class Path:
    """Steps from the element of the table, then the text of the last one, or its attribute."""

    text: str
    steps: tuple[Step, ...] = ()
    attribute: str | None = None

    @property
    def is_run(self) -> bool:
        """Whether it leads to a list of values."""
        return any(step.repeats for step in self.steps)


def parse_path(text: str) -> Path | str:
    """The path as steps, or what is wrong with it."""
    steps: list[Step] = []
    if text in (".", "text()"):
        return Path(text)
    at = 0
    while at < len(text):
        if found := _ATTRIBUTE.fullmatch(text, at):
            return Path(text, tuple(steps), found[1])
        if steps and text[at:] in ("text()", "."):
            break
        found = _STEP.match(text, at)
        end = found.end() if found else at
        if found is None or (end < len(text) and (text[end] != "/" or end + 1 == len(text))):
            return f"{text!r} is no path that can be read and written; {_HELP}"
        step = _parse_step(found[1], found[2], repeats=bool(found[3]))
        if isinstance(step, str):
            return f"{text!r}: {step}"
        steps.append(step)
        at = end + 1
    if not steps:
        return f"{text!r} is no path that can be read and written; {_HELP}"
    if sum(step.repeats for step in steps) > 1:
        return f"{text!r}: one step of a path comes again, not several"
    return Path(text, tuple(steps))


def _parse_step(name: str, predicate: str | None, *, repeats: bool) -> Step | str:
    if predicate is None:
        return Step(name, repeats=repeats)
    tests = [_TEST.fullmatch(part) for part in re.split(r"(?<=')\s+or\s+", predicate)]
    found = [(test[1], test[2]) for test in tests if test]
    if len(found) < len(tests) or len({test for test, _ in found}) != 1:
        return "a predicate is `[QUALF='001']` or `[QUALF='001' or QUALF='002']`"
    return Step(name, found[0][0], tuple(value for _, value in found), repeats)


def follow(element: Any, steps: tuple[Step, ...]) -> Iterator[tuple[Any, ...]]:
    """The chains of elements that the steps lead to, the last of each being the end, in the order of the file."""
    if not steps:
        yield ()
        return
    step, below = steps[0], steps[1:]
    for child in element.iterchildren(step.name):
        if not step.test or step.holds(child):
            if below:
                for chain in follow(child, below):
                    yield (child, *chain)
            else:
                yield (child,)


def value_at(element: Any, test: str) -> str | None:
    """The text of the child or `@attribute` that a predicate looks at; None where there is none."""
    if test.startswith("@"):
        found: str | None = element.get(test[1:])
        return found
    child = element.find(test)
    return None if child is None else child.text
