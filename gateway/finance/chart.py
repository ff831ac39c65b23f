"""The chart of accounts: which line of a settlement goes to which account.

A chart is a CSV file that finance keeps: `transaction_type,amount_type,amount_description,sign,account,text`. A cell of
`*` fits everything; words are compared without case, blanks, hyphens and underscores. The most specific row wins: one
that names the type, the amount type and the description, then one without the description, then one without the type;
of two alike the one that names the sign. `account` is a name of [sellers.NAME.accounts], or an account of the ledger as
it is. What no row fits is suspense, which is no row's business.
"""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal

Sign = Literal["+", "-", "*"]
HEADER = ("transaction_type", "amount_type", "amount_description", "sign", "account", "text")
ANY = "*"
_SEPARATORS = re.compile(r"[\s_\-]+")


def folded(word: str) -> str:
    """A word without case, blanks, hyphens and underscores: sources of one vocabulary differ in them."""
    return _SEPARATORS.sub("", word).casefold()


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a chart: which lines it is for, and where they go. `line` is where it stands in the file."""

    transaction_type: str
    amount_type: str
    amount_description: str
    sign: Sign
    account: str
    text: str = ""
    line: int = 0


@dataclass(frozen=True)
class Chart:
    """The rules of a chart, found by what they name."""

    rules: tuple[Rule, ...]
    _found: dict[tuple[str, str, str, bool], Rule | None] = field(default_factory=dict, compare=False, repr=False)

    def find(self, transaction_type: str, amount_type: str, description: str, *, is_credit: bool) -> Rule | None:
        """The rule for a line; None where it belongs in suspense. `is_credit`: the amount is not negative."""
        key = (transaction_type, amount_type, description, is_credit)
        if key not in self._found:
            words = folded(transaction_type), folded(amount_type), folded(description)
            self._found[key] = self._look_up(*words, "+" if is_credit else "-")
        return self._found[key]

    def _look_up(self, transaction_type: str, amount_type: str, description: str, sign: str) -> Rule | None:
        names = (
            (transaction_type, amount_type, description),
            (transaction_type, amount_type, ANY),
            (ANY, amount_type, description),
            (transaction_type, ANY, ANY),
        )
        for name in names:
            for wanted in (sign, ANY):
                if (rule := self._by_name.get((*name, wanted))) is not None:
                    return rule
        return None

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str, str], Rule]:
        return {_key(rule): rule for rule in self.rules}

    @cached_property
    def digest(self) -> str:
        """What tells this chart from another."""
        return sha256("\n".join(f"{_key(rule)} {rule.account} {rule.text}" for rule in self.rules).encode()).hexdigest()

    @cached_property
    def descriptions(self) -> frozenset[str]:
        """The folded descriptions that some rule names: what is not among them is new to us."""
        return frozenset(folded(rule.amount_description) for rule in self.rules)


def read_chart(text: str, names: Iterable[str]) -> tuple[Chart, tuple[tuple[int, str], ...]]:
    """The chart in a file and what is wrong with it, as (line, sentence). `names` are those accounts may have."""
    known = frozenset(names)
    rules: list[Rule] = []
    problems: list[tuple[int, str]] = []
    seen: dict[tuple[str, str, str, str], int] = {}
    rows = _rows(text)
    header = next(rows, (1, []))
    if tuple(cell.strip().lower() for cell in header[1]) != HEADER:
        return Chart(()), ((header[0], f"the header must be {','.join(HEADER)}"),)
    for line, cells in rows:
        rule = _rule(line, cells, known)
        if isinstance(rule, str):
            problems.append((line, rule))
        elif (first := seen.setdefault(_key(rule), line)) != line:
            problems.append((line, f"says the same lines as line {first}: keep one"))
        else:
            rules.append(rule)
    return Chart(tuple(rules)), tuple(problems)


def _rule(line: int, cells: list[str], known: frozenset[str]) -> Rule | str:
    if len(cells) != len(HEADER):
        return f"{len(cells)} cells under {len(HEADER)} columns"
    transaction_type, amount_type, description, sign, account, text = (cell.strip() for cell in cells)
    if sign not in ("+", "-", ANY):
        return f"sign is {sign!r}: write + for credits, - for debits, * for both"
    if not account or not transaction_type or not amount_type or not description:
        return "a cell is empty: write * for anything, and an account"
    if transaction_type == ANY and (amount_type == ANY or description == ANY):
        return "fits everything: a row without a type names the amount type and the description"
    if amount_type == ANY and description != ANY:
        return "names a description without an amount type: name both, or neither"
    if account.isidentifier() and account.islower() and account not in known:
        return f"there is no account {account!r} in [sellers.NAME.accounts]"
    return Rule(transaction_type, amount_type, description, sign, account, text, line)  # type: ignore[arg-type]


def _key(rule: Rule) -> tuple[str, str, str, str]:
    words = (rule.transaction_type, rule.amount_type, rule.amount_description)
    named = tuple(ANY if word == ANY else folded(word) for word in words)
    return (*named, rule.sign)  # type: ignore[return-value]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are neither blank nor a comment, with the lines they stand on."""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip(" ,;") and not line.startswith("#"):
            yield number, next(csv.reader([line], delimiter=";" if line.count(";") > line.count(",") else ","))
