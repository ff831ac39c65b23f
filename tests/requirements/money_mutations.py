"""What must turn the tests about a seller's money red: settlements, journal entries, the bank, taxes."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from gateway.documents import JournalEntry
from gateway.finance.gates import Held
from gateway.pipeline.selling.posting import post
from tests.requirements.mutation import Mutation, always, without

_NOTHING = Decimal(0)


def _accounts(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """A chart whose rules name other accounts."""

    def of(find: Callable[..., Any]) -> Callable[..., Any]:
        def found(*arguments: Any, **named: Any) -> Any:
            rule = find(*arguments, **named)
            return rule and replace(rule, account=change(rule.account))

        return found

    return of


def _lines(keep: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """Journal lines without those that do not fit."""
    return lambda lines_of: lambda *arguments: (line for line in lines_of(*arguments) if keep(line.source))


def _netted(lines_of: Callable[..., Any]) -> Callable[..., Any]:
    def of(*arguments: Any) -> Any:
        by_account: dict[str, Any] = {}
        for line in lines_of(*arguments):
            before = by_account.get(line.account, line.model_copy(update={"debit": _NOTHING, "credit": _NOTHING}))
            amount = line.credit - line.debit + before.credit - before.debit
            sides = {"credit": max(amount, _NOTHING), "debit": max(-amount, _NOTHING)}
            by_account[line.account] = before.model_copy(update=sides)
        return iter(by_account.values())

    return of


def _payout_with_an_order(take: Callable[..., None]) -> Callable[..., None]:
    def taken(report: Any, desk: Any) -> None:
        take(report, desk)
        day = desk.now.date()
        said = {"seller": report.seller.name, "settlement": "none", "currency": "USD", "deposit": "1.00", "lines": ()}
        period = {"first": day, "last": day}
        post(JournalEntry(id=f"{report.seller.name}:journal-entry:none", period=period, posted_on=day, **said), desk)

    return taken


def _an_entry_for_each_line(entries: Callable[..., Any]) -> Callable[..., Any]:
    def by_line(*arguments: Any) -> Any:
        for entry in entries(*arguments):
            for number, line in enumerate(entry.lines):
                other = line.model_copy(update={"debit": line.credit, "credit": line.debit, "source": None})
                yield entry.model_copy(update={"id": f"{entry.id}:{number}", "lines": (line, other)})

    return lambda *arguments: tuple(by_line(*arguments))


def _new_fees_hold(gates: Any) -> Any:
    def knows_all(settlement: Any) -> Held | None:
        new = [bucket for bucket in settlement.sums if "surcharge" in bucket.amount_description]
        return Held("unreadable", "a fee is new") if new else None

    return (*gates, knows_all)


def _something_else(account_of: Callable[..., Any]) -> Callable[..., Any]:
    return lambda book, bucket: account_of(book, bucket) or book.accounts["other_fees"]


class _Everything:
    def __contains__(self, _: object) -> bool:
        return True


MONEY: tuple[Mutation, ...] = (
    Mutation(
        "1",
        "an orders report posts a payout",
        "gateway.pipeline.selling.sellers.TAKERS",
        _payout_with_an_order,
        "orders",
    ),
    Mutation("1", "settlements are passed over", "gateway.pipeline.selling.sellers.TAKERS", always(None), "settlement"),
    Mutation("2", "no line finds its row in the chart", "gateway.finance.chart.Chart.find", always(None)),
    Mutation(
        "3",
        "each line of a settlement is an entry by itself",
        "gateway.pipeline.selling.settlements.journal_entries",
        _an_entry_for_each_line,
    ),
    Mutation(
        "4",
        "storage fees are left out of the entry",
        "gateway.finance.journal.lines_of",
        _lines(lambda source: source.amount_description != "Storage Fee"),
    ),
    Mutation("4", "nobody adds up the lines", "gateway.finance.gates.GATES", without("_adds_up")),
    Mutation(
        "5", "every description has one account", "gateway.finance.chart.Chart.find", _accounts(lambda _: "other_fees")
    ),
    Mutation(
        "20",
        "no line of the bank is looked at",
        "gateway.pipeline.selling.bank.match",
        lambda match: lambda each, _, now: match(each, (), now),
    ),
    Mutation(
        "24",
        "a line of any amount is taken for the deposit",
        "gateway.finance.bank._RANKS",
        lambda _: ((True, lambda *_: True),),
    ),
    Mutation(
        "25",
        "the accounts of the configuration are not used",
        "gateway.pipeline.selling.settlements.book_of",
        lambda book_of: lambda seller: replace(book_of(seller), accounts={"bank": "?", "suspense": "?"}),
    ),
    Mutation("27", "the marketplace owes every tax", "gateway.finance.taxes.responsible", always("marketplace")),
    Mutation(
        "27",
        "no journal line says who owes a tax",
        "gateway.finance.journal._line",
        lambda line: lambda *arguments: line(*arguments).model_copy(update={"tax_owed_by": None}),
    ),
    Mutation(
        "29",
        "no age is shown",
        "gateway.queries.settled._row",
        lambda row: lambda *arguments: {**row(*arguments), "days_ago": None},
    ),
    Mutation(
        "32",
        "fees, credits and refunds share an account",
        "gateway.finance.chart.Chart.find",
        _accounts(lambda _: "other_fees"),
    ),
    Mutation("33", "nobody adds up the lines", "gateway.finance.gates.GATES", without("_adds_up")),
    Mutation(
        "38",
        "every description counts as known",
        "gateway.finance.chart.Chart.descriptions",
        lambda _: property(lambda _: _Everything()),
    ),
    Mutation("38", "suspense is told to nobody", "gateway.pipeline.selling.settlements.keep_suspense", always(None)),
    Mutation(
        "40", "settlements are passed over", "gateway.pipeline.selling.sellers.TAKERS", always(None), "settlement"
    ),
    Mutation(
        "41",
        "the bank gets nothing",
        "gateway.finance.journal._bank",
        lambda bank: lambda _, *others: bank(_NOTHING, *others),
    ),
    Mutation(
        "42",
        "what Amazon takes is booked as a deposit",
        "gateway.finance.journal._bank",
        lambda bank: lambda deposit, *others: bank(abs(deposit), *others),
    ),
    Mutation("42", "a new fee holds the settlement", "gateway.finance.gates.GATES", _new_fees_hold),
    Mutation(
        "52", "settlements count revenue whatever orders do", "gateway.finance.journal._INVOICED", lambda _: frozenset()
    ),
    Mutation(
        "53",
        "journal lines name no SKU",
        "gateway.finance.journal._line",
        lambda line: lambda *arguments: line(*arguments).model_copy(update={"sku": None}),
    ),
    Mutation(
        "54",
        "a line of the bank does not know its settlement",
        "gateway.pipeline.selling.bank._note_matched",
        always(None),
    ),
    Mutation(
        "54",
        "a line of a report does not know its entry",
        "gateway.queries.settled_lines.lines",
        lambda lines: lambda *arguments: ({**line, "entry": None} for line in lines(*arguments)),
    ),
    Mutation("58", "what nobody knows is another fee", "gateway.finance.journal.Book.account_of", _something_else),
    Mutation("59", "a new fee holds the settlement", "gateway.finance.gates.GATES", _new_fees_hold),
    Mutation("60", "the chart is never asked again", "gateway.pipeline.selling.sellers.is_asked_anew", always(False)),
    Mutation(
        "70",
        "reserves are fees",
        "gateway.finance.chart.Chart.find",
        _accounts(lambda name: "other_fees" if name == "reserve" else name),
    ),
    Mutation("75", "suspense is told to nobody", "gateway.pipeline.selling.settlements.keep_suspense", always(None)),
    Mutation(
        "77",
        "refunds are left out of the entry",
        "gateway.finance.journal.lines_of",
        _lines(lambda source: source.transaction_type != "Refund"),
    ),
    Mutation("78", "an account has one line, the difference", "gateway.finance.journal.lines_of", _netted),
)
