"""Cases: who has what to do and by when, and several of them dealt with at once.

What is done at once is done one by one: a case that cannot be dealt with so stays chosen, and says why, beside those
that can. Only what fits the chosen ones is offered. What is wrong with the form stands on the page, and nothing that
was chosen or written is lost.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from shlex import quote
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import Response

from gateway import casework, interventions
from gateway.catalogue.gaps import Owner
from gateway.errors import Conflict, InputError, NotFound
from gateway.instance import Instance
from gateway.web.screen import Screen, changes, shows

OWNERS: tuple[str, ...] = get_args(Owner)
_PAGE = 100
_AT_ONCE = 100
STATES = ("open", "snoozed", "closed")
SNOOZES: dict[str, timedelta] = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "24h": timedelta(hours=24)}
"""How long a case is put off with one choice."""


DEEDS: Mapping[str, str] = {
    "assign": "give to somebody",
    "snooze": "put off",
    "resolve": "resolve",
    "reject-line": "give the line up",
    "resend": "send the document again",
}
"""What may be done with several cases at once, as casework.deeds names it, and how a person says it."""

_FORM = ("deed", "owner", "for", "reason", "who")
_TOLD = 3
"""So many of the cases that stayed are told of in the address of the next page."""


def cases(screen: Screen) -> Response:
    """The list, by state, owner and code."""
    return _page(screen, {}, screen.request.query_params.getlist("case"))


def _page(
    screen: Screen, filled: Mapping[str, str], chosen: Collection[str], wrong: str = "", status: int = 200
) -> Response:
    """The list with its form as somebody filled it in, and what is wrong with that."""
    kept = _filters(screen)
    state, owner, code = kept["state"], kept.get("owner", ""), kept.get("code", "")
    before = screen.query("before")
    rows = screen.register.cases(
        screen.now,
        state=state,
        owner=owner or None,
        code=code or None,
        before=int(before) if before.isdecimal() and state == "closed" else None,
        limit=_PAGE + 1,
    )
    shown = rows[:_PAGE]
    deeds = {} if state == "closed" else {row["id"]: _deeds(screen, row["id"]) for row in shown}
    offered = {deed for allowed in deeds.values() for deed in allowed}
    fitting = {deed for case in chosen for deed in deeds.get(case, ())} or offered
    return screen.page(
        "cases.html",
        status=status,
        title="Cases",
        command=" ".join(["cases list", *(f"--{name} {quote(value)}" for name, value in kept.items())]),
        rows=shown,
        state=state,
        owner=owner,
        code=code,
        states=STATES,
        owners=screen.register.owners(screen.now),
        codes=screen.register.case_codes(),
        choices=OWNERS,
        snoozes=SNOOZES,
        deeds=deeds,
        offered=[(deed, words, deed in fitting) for deed, words in DEEDS.items() if deed in offered],
        chosen=set(chosen),
        filled={name: filled.get(name, "") for name in _FORM},
        wrong=wrong,
        sent_to=f"/cases?{urlencode(kept)}",
        address=lambda **other: urlencode({name: value for name, value in {**kept, **other}.items() if value}),
        following=shown[-1]["id"] if len(rows) > _PAGE and state == "closed" else "",
        is_cut=len(rows) > _PAGE,
    )


def _filters(screen: Screen) -> dict[str, str]:
    """What the list is narrowed by; it has always a state."""
    state = screen.query("state") if screen.query("state") in STATES else "open"
    asked = {"state": state, "owner": screen.query("owner"), "code": screen.query("code")}
    return {name: value for name, value in asked.items() if value}


def _deeds(screen: Screen, case_id: str) -> tuple[str, ...]:
    return casework.deeds(screen.journal.case(case_id), screen.journal)


def deal_with(screen: Screen) -> Response:
    """Do one thing to all chosen cases; what cannot be done so is said on the page, and nothing chosen is lost."""
    said = screen.form.getlist("case") if isinstance(screen.form, FormData) else []
    chosen = [each for each in dict.fromkeys(map(str, said)) if each.isdecimal()]
    try:
        done, troubles = _deal_with(screen, chosen)
    except InputError as error:
        return _again(screen, chosen, str(error), 400)
    if troubles and not done:
        return _again(screen, chosen, "; ".join(dict.fromkeys(troubles.values())), 409)
    told = [*list(troubles.values())[:_TOLD], *([f"and {len(troubles) - _TOLD} more"] if len(troubles) > _TOLD else [])]
    text = f"{done} of {len(chosen)} done." + (f" Not done: {'; '.join(told)}" if told else "")
    stay = [("case", case) for case in troubles]
    return screen.go(f"/cases?{urlencode([*_filters(screen).items(), *stay])}", text[:280])


def _again(screen: Screen, chosen: list[str], wrong: str, status: int) -> Response:
    filled = {name: said for name in _FORM if isinstance(said := screen.form.get(name), str)}
    return _page(screen, filled, chosen, f"Nothing was changed: {wrong}", status)


def _deal_with(screen: Screen, chosen: list[str]) -> tuple[int, dict[str, str]]:
    """How many were dealt with, and why not the others, by case. Raises InputError for what is wrong with the form."""
    if not chosen:
        raise InputError("choose at least one case")
    if len(chosen) > _AT_ONCE:
        raise InputError(f"choose at most {_AT_ONCE} cases at once")
    deed, who, why = _deed(screen), screen.who, screen.reason()
    troubles = {}
    with screen.changing() as instance:
        for case_id in chosen:
            try:
                deed(instance, case_id, who, why)
            except (NotFound, Conflict, InputError) as error:
                troubles[case_id] = str(error)
    return len(chosen) - len(troubles), troubles


Deed = Callable[[Instance, str, str, str], object]


def _deed(screen: Screen) -> Deed:
    now, what = screen.now, screen.field("deed")
    if what == "assign":
        owner = screen.field("owner", at_most=60)
        if not owner:
            raise InputError("say to whom the cases go")
        return lambda instance, case, who, _: casework.assign(instance.journal, case, owner, who, now)
    if what == "snooze":
        until = snooze_until(screen)
        return lambda instance, case, who, why: casework.snooze(instance.journal, case, until, why, who, now)
    if what == "resolve":
        return lambda instance, case, who, why: casework.resolve(instance, case, why, who)
    if what == "reject-line":
        return lambda instance, case, who, why: casework.resolve(instance, case, why, who, reject_line=True)
    if what == "resend":
        return _send_again
    raise InputError("choose what is to be done")


def snooze_until(screen: Screen) -> datetime:
    """Until when a form puts cases off. Raises InputError."""
    length = SNOOZES.get(screen.field("for"))
    if length is None:
        raise InputError(f"choose how long: {', '.join(SNOOZES)}")
    return screen.now + length


def _send_again(instance: Instance, case_id: str, who: str, why: str) -> None:
    """Send what a case is about once more, in the gentlest way that its plan leaves open."""
    document = casework.document_of(casework.find_open(instance.journal, case_id))
    if document is None:
        raise Conflict(f"case {case_id} is about no document that could be sent again")
    interventions.resend(instance, document, why, who)


ADDRESSES = (shows("/cases", cases), changes("/cases", deal_with))
