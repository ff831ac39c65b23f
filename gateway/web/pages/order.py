"""One order: where it stands, what blocks it and how that is mended, its documents in lanes, its ledger by line."""

from collections.abc import Iterable
from decimal import Decimal
from shlex import quote
from urllib.parse import urlencode

from starlette.responses import Response

from gateway import interventions, queries
from gateway.casework import closes_by_itself
from gateway.lifecycle.orders import OrderState
from gateway.lifecycle.subjects import subject_of
from gateway.pipeline.chronicle import state_of
from gateway.queries import Json
from gateway.web.charts import meter
from gateway.web.lanes import NEXT, lanes_of, steps_of
from gateway.web.screen import Screen, changes, shows

_QUANTITIES = ("ordered", "accepted", "backordered", "rejected", "shipped", "invoiced")


def order(screen: Screen) -> Response:
    """The page of an order."""
    number, partner = screen.path("number"), screen.query("partner") or None
    if case_id := case_instead(screen, number, partner):
        return screen.go(f"/cases/{case_id}")
    state = queries.find_order(screen.journal, screen.config, number, partner)
    shown = queries.order(screen.journal, screen.config, screen.mappings, state)
    account = screen.config.partners[state.partner].account(state.account or "")
    cases = [screen.journal.case(case_id) for case_id in shown["cases"]]
    told = {gap["message"] for gap in shown["gaps"]}
    # A case about a gap says what the gap says: it is named beside it, and not told again.
    same = [case for case in cases if case.message in told or (told and case.key.startswith("draft:"))]
    return screen.page(
        "order.html",
        title=state.purchase_order,
        command=f"orders show {quote(state.purchase_order)} --partner {state.partner} --json",
        trail=[("/orders", "Orders")],
        order=shown,
        state=state,
        currency=account.currency if account else None,
        steps=steps_of(shown["stage"]),
        following=_next(shown),
        lanes=lanes_of(shown["documents"], shown["deadlines"], lambda each: _answers(screen, each)),
        lines=[_line(line, state) for line in shown["lines"]],
        sums=_sums(shown["lines"]),
        gaps=_together(gap for gap in shown["gaps"] if gap["let_go"] is None),
        let_go=[gap for gap in shown["gaps"] if gap["let_go"] is not None],
        held=[each for each in shown["documents"] if _is_held(each)],
        cases=[{**queries.case_line(case), "by_itself": closes_by_itself(case)} for case in cases if case not in same],
        same=[case.id for case in same],
    )


def case_instead(screen: Screen, number: str, partner: str | None) -> str | None:
    """The case that tells why there is no order of this number, where its message was refused; None for others."""
    names = [partner] if partner else list(screen.config.partners)
    if any(state_of(screen.journal, name, number) for name in names):
        return None
    about = [case.id for name in names for case in screen.journal.cases(subject=subject_of(name, number))]
    return about[-1] if about else None


def release(screen: Screen) -> Response:
    """Let a document of this order go in spite of its gaps."""
    why, who, document = screen.reason(), screen.who, screen.field("document")
    with screen.changing() as instance:
        rules = interventions.release(instance, document, why, who)
    spite = f" in spite of {', '.join(rules)}" if rules else ""
    partner = urlencode({"partner": screen.query("partner")}) if screen.query("partner") else ""
    done = f"Document {document} goes with the next look{spite}."
    return screen.go(f"/orders/{screen.path('number')}" + (f"?{partner}" if partner else ""), done)


def _together(gaps: Iterable[Json]) -> list[Json]:
    """The gaps, those in the way first; where one rule holds a document back many times, once with all its messages."""
    found: dict[tuple[object, ...], Json] = {}
    names = ("document_id", "document", "rule", "severity", "remedy", "owner", "due_at")
    for gap in sorted(gaps, key=lambda gap: gap["severity"] != "block"):
        known = found.setdefault(tuple(gap[name] for name in names), {**gap, "messages": []})
        known["messages"].append(gap["message"])
    return list(found.values())


def _next(shown: Json) -> str:
    """What happens next: where something is in the way, that is mended first."""
    if any(gap["severity"] == "block" and gap["let_go"] is None for gap in shown["gaps"]):
        return "What is in the way is mended, as said below; then it goes on by itself."
    return NEXT.get(shown["stage"], "")


def _is_held(document: Json) -> bool:
    return document["direction"] == "out" and document["validation"] == "blocked" and not document.get("replaced")


def _answers(screen: Screen, document_id: str) -> Iterable[Json]:
    """What the partner's computer said of a document of ours."""
    return (each for each in queries.answers(screen.journal, document_id) if each["sent"] == document_id)


def _line(line: Json, state: OrderState) -> Json:
    """A line of the ledger with what the partner calls the item, its price, and how much of it has shipped."""
    said = state.lines[line["line"]]
    ordered, shipped = line["ordered"], Decimal(line["shipped"])
    part = float(shipped / Decimal(ordered)) if ordered and Decimal(ordered) else 0.0
    settled = state.settled.get(line["line"])
    return {
        **line,
        "ids": list(dict.fromkeys(said.ids.values())),
        "asked": f"{said.ordered.value:f} {said.ordered.unit}",
        "amount": f"{settled.amount:f}" if settled else None,
        "meter": meter(part),
        "given_up": state.rejected.get(line["line"]),
    }


def _sums(lines: Iterable[Json]) -> Json:
    """The quantities of all lines together, as far as they are known."""
    rows = list(lines)
    return {name: f"{sum((Decimal(row[name] or 0) for row in rows), Decimal(0)):f}" for name in _QUANTITIES}


ADDRESSES = (shows("/orders/{number}", order), changes("/orders/{number}/release", release))
