"""The chart of accounts: which line of a settlement goes to which account.

A chart is a CSV file that finance keeps: `transaction_type,amount_type,amount_description,sign,account,text`. A cell of
`*` fits everything, `-` is the word that is empty, and a backslash takes what follows as it is (`\\*` is the word *).
Words are compared without case, blanks, hyphens and underscores. The most specific row wins: one that names the type,
the amount type and the description, then one without the description, then one without the type; of two alike the one
that names the sign. `account` is a name of [sellers.NAME.accounts], or an account of the ledger that has none. What no
row fits is suspense: no row leads there, nor to the bank, nor to what the parts of a settlement hand on.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from typing import Literal

from gateway.grammar.reports import folded

Sign = Literal["+", "-", "*"]
HEADER = ("transaction_type", "amount_type", "amount_description", "sign", "account", "text")
ANY, EMPTY = "*", "-"
_AS_IT_IS = "\\"
_TO_FILL_IN = "ACCOUNT"
_NO_ROW_LEADS_TO = ("bank", "suspense", "carry_forward")
_Word = str | None  # folded; None fits everything
_Key = tuple[_Word, _Word, _Word, str]


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
            (transaction_type, amount_type, None),
            (None, amount_type, description),
            (transaction_type, None, None),
        )
        for name in names:
            for wanted in (sign, ANY):
                if (rule := self._by_name.get((*name, wanted))) is not None:
                    return rule
        return None

    @cached_property
    def _by_name(self) -> dict[_Key, Rule]:
        return {_key(rule): rule for rule in self.rules}

    @cached_property
    def digest(self) -> str:
        """What tells this chart from another."""
        return sha256("\n".join(f"{_key(rule)} {rule.account} {rule.text}" for rule in self.rules).encode()).hexdigest()

    @cached_property
    def descriptions(self) -> frozenset[str]:
        """The folded descriptions that some rule names: what is not among them is new to us."""
        return frozenset(word for rule in self.rules if (word := _key(rule)[2]) is not None)


def suggested_row(names: tuple[str, str, str], account: str = _TO_FILL_IN) -> str:
    """The row that a chart lacks for lines with this type, amount type and description, as read_chart reads it."""
    written = _Written()
    cells = [*map(_cell, names), ANY, account, ""]
    # A line that begins with # is a comment, and one with semicolons may be taken for one that they divide.
    marks: Literal[0, 1] = csv.QUOTE_ALL if cells[0].startswith("#") or ";" in "".join(cells) else csv.QUOTE_MINIMAL
    csv.writer(written, lineterminator="", quoting=marks).writerow(cells)
    return "".join(written)


def read_chart(text: str, accounts: Mapping[str, str]) -> tuple[Chart | None, tuple[tuple[int, str], ...]]:
    """The chart in a file and what is wrong with it, as (line, sentence).

    `accounts` are the names that rows may use, with the account of the ledger behind each. A row that is wrong is left
    out; None instead of a chart where not even the header is right.
    """
    rules: list[Rule] = []
    problems: list[tuple[int, str]] = []
    seen: dict[_Key, int] = {}
    rows = _rows(text)
    header = next(rows, (1, []))
    if isinstance(header[1], str) or not _is_header(header[1]):
        return None, ((header[0], f"the header must be {','.join(HEADER)}"),)
    for line, cells in rows:
        rule = cells if isinstance(cells, str) else _rule(line, cells, accounts)
        if isinstance(rule, str):
            problems.append((line, rule))
        elif (first := seen.setdefault(_key(rule), line)) != line:
            problems.append((line, f"says the same lines as line {first}: keep one"))
        else:
            rules.append(rule)
    return Chart(tuple(rules)), tuple(problems)


class _Written(list[str]):
    """What a csv.writer writes to where there are no files."""

    def write(self, text: str) -> None:
        """Take a piece of text."""
        self.append(text)


def _rule(line: int, cells: list[str], accounts: Mapping[str, str]) -> Rule | str:
    if len(cells) != len(HEADER):
        return f"{len(cells)} cells under {len(HEADER)} columns"
    transaction_type, amount_type, description, sign, account, text = (cell.strip() for cell in cells)
    if sign not in ("+", "-", ANY):
        return f"sign is {sign!r}: write + for credits, - for debits, * for both"
    if not account or not transaction_type or not amount_type or not description:
        return "a cell is empty: write * for anything, - for the empty word, and an account"
    if transaction_type == ANY and (amount_type == ANY or description == ANY):
        return "fits everything: a row without a type names the amount type and the description"
    if amount_type == ANY and description != ANY:
        return "names a description without an amount type: name both, or neither"
    name, wrong = _account(account, accounts)
    return wrong or Rule(transaction_type, amount_type, description, sign, name, text, line)  # type: ignore[arg-type]


def _account(account: str, accounts: Mapping[str, str]) -> tuple[str, str]:
    """The name of an account, or its number where it has no name; and what speaks against it."""
    if account == _TO_FILL_IN:
        return account, "put an account in the place of ACCOUNT"
    if account.isidentifier() and account.islower() and account not in accounts:
        return account, f"there is no account {account!r} in [sellers.NAME.accounts]"
    names = [account] if account in accounts else [name for name, number in accounts.items() if number == account]
    if (forbidden := next((name for name in _NO_ROW_LEADS_TO if name in names), None)) is not None:
        return account, f"the account {account!r} is for the gateway alone ({forbidden}): no row may lead there"
    if len(names) > 1:
        return account, f"the account {account!r} is {' and '.join(names)}: write the name"
    return (names[0] if names else account), ""


def _key(rule: Rule) -> _Key:
    return _word(rule.transaction_type), _word(rule.amount_type), _word(rule.amount_description), rule.sign


def _word(cell: str) -> _Word:
    """What a cell stands for. A `-` folds to the empty word."""
    return None if cell == ANY else folded(cell.removeprefix(_AS_IT_IS))


def _cell(word: str) -> str:
    """A word as a cell of one line."""
    if not folded(word):
        return EMPTY
    plain = " ".join(word.split())
    return _AS_IT_IS + plain if plain == ANY or plain.startswith(_AS_IT_IS) else plain


def _is_header(cells: list[str]) -> bool:
    return tuple(cell.strip().lower() for cell in cells) == HEADER


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """The rows that are neither blank nor a comment, with the lines they stand on; a sentence for what is no row.

    The header says what divides cells; a row that was put into the file with the other mark is read by that one.
    """
    marks = ""
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip(" ,;") and not line.startswith("#"):
            marks = marks or (";," if line.count(";") > line.count(",") else ",;")
            try:
                first, other = (next(csv.reader([line], delimiter=mark)) for mark in marks)
            except csv.Error as error:
                yield number, f"cannot be read: {error}"
            else:
                yield number, other if len(other) == len(HEADER) != len(first) else first
