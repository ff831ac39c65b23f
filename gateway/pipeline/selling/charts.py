"""Charts of accounts change while the gateway runs: they are read again, and finance is told what is wrong in them.

A file is looked at with every turn and read when it has changed, within the transaction, so that nothing is posted
beside it by another chart. A case for each seller names file and line until all of it is right.
"""

from gateway.config import Config, Seller, charted, has_changed
from gateway.finance.gates import Held
from gateway.journal import Journal, Transaction
from gateway.lifecycle.problems import Problem
from gateway.pipeline.desk import Desk

_CASES = "chart:"
_SHOWN = 5


def charts_are_news(journal: Journal, config: Config) -> bool:
    """Whether a chart is another than the one that was read, or its case another than what is wrong with it."""
    sellers = config.sellers.values()
    return any(has_changed(seller) or _told(journal, seller) != _wrong(seller) for seller in sellers)


def keep_charts(desk: Desk) -> int:
    """Read the charts again that have changed, and make their cases what is wrong with them. How many were news."""
    news = 0
    for seller in desk.config.sellers.values():
        changed = has_changed(seller)
        if changed:
            seller.take_chart(charted(seller))
        wrong, told = _wrong(seller), _told(desk.tx, seller)
        news += changed or wrong != told
        if wrong and wrong != told:
            _tell(seller, wrong, desk)
        elif not wrong:
            desk.close(_key(seller), "every row of it can be read")
    return news


def without_chart(seller: Seller) -> Held | None:
    """Without a chart all of a settlement would lie in suspense: it waits for one."""
    if seller.charted.chart is not None:
        return None
    return Held("uncharted", f"there is no chart of accounts that can be read: {seller.charted.problems[0]}")


def _tell(seller: Seller, wrong: str, desk: Desk) -> None:
    problems = seller.charted.problems
    shown = "; ".join(map(str, problems[:_SHOWN]))
    more = f" (and {len(problems) - _SHOWN} more, see `gateway check`)" if len(problems) > _SHOWN else ""
    held = seller.charted.chart is None
    desk.tell(
        Problem(
            key=_key(seller),
            code="chart-unreadable",
            owner="finance",
            message=f"the chart of accounts of {seller.name}: {shown}{more}",
            remedy=f"correct {seller.chart}; "
            + (
                "until then settlements are held: drop them again after it"
                if held
                else "until then these rows count for nothing, and what only they name lies in suspense"
            ),
            subjects=(f"seller:{seller.name}",),
            evidence={"wrong": wrong},
        )
    )


def _key(seller: Seller) -> str:
    return f"{_CASES}{seller.name}"


def _wrong(seller: Seller) -> str:
    return "\n".join(map(str, seller.charted.problems))


def _told(journal: Journal | Transaction, seller: Seller) -> str:
    """What the open case says; nothing where there is none."""
    case = journal.open_case_of(_key(seller))
    return "" if case is None else str(case.evidence["wrong"])
