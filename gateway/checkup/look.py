"""What a look has found: a problem with its remedy, a note, or nothing to say."""

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Look:
    """What was looked at, what is wrong with it, if anything is, and what is worth knowing."""

    what: str = ""
    problem: str | None = None
    note: str = ""

    def named(self, what: str) -> "Look":
        """The same, of the thing that was looked at."""
        return replace(self, what=what)


FINE = Look()


def problem(*said: str) -> Look:
    """What is wrong, each with its remedy; nothing where nothing was said."""
    return Look(problem=joined(said))


def joined(problems: Iterable[object]) -> str | None:
    """Several problems as one line; None where there are none."""
    return "; ".join(map(str, problems)) or None
