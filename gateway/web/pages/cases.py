"""Cases: who has what to do and by when, and several of them dealt with at once.

What is done at once is done one by one: a case that cannot be dealt with so stays, and says why, beside those that can.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import get_args
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import Response

from gateway import casework, interventions
from gateway.catalogue.gaps import Owner
from gateway.errors import Conflict, InputError, NotFound
from gateway.instance import Instance
from gateway.journal import Case
from gateway.web.screen import Screen, changes, shows

OWNERS: tuple[str, ...] = get_args(Owner)
_PAGE = 100
_AT_ONCE = 100
STATES = ("open", "snoozed", "closed")
SNOOZES: dict[str, timedelta] = {"1h": timedelta(hours=1), "4h": timedelta(hours=4), "24h": timedelta(hours=24)}
"""How long a case is put off with one choice."""


def cases(screen: Screen) -> Response:
    """The list, by state, owner and code."""
    state = screen.query("state") if screen.query("state") in STATES else "open"
    owner, code = screen.query("owner"), screen.query("code")
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
    kept = {name: value for name, value in (("state", state), ("owner", owner), ("code", code)) if value}
    return screen.page(
        "cases.html",
        title="Cases",
        command=" ".join(["cases list", "--state", state, *([f"--owner '{owner}'"] if owner else [])]),
        rows=shown,
        state=state,
        owner=owner,
        code=code,
        states=STATES,
        owners=screen.register.owners(screen.now),
        codes=screen.register.case_codes(),
        choices=OWNERS,
        snoozes=SNOOZES,
        kept=kept,
        address=lambda **other: urlencode({name: value for name, value in {**kept, **other}.items() if value}),
        following=shown[-1]["id"] if len(rows) > _PAGE and state == "closed" else "",
        is_cut=len(rows) > _PAGE,
    )


def deal_with(screen: Screen) -> Response:
    """Do one thing to all chosen cases."""
    chosen = _chosen(screen)
    deed, who, why = _deed(screen), screen.who, screen.reason()
    done, troubles = 0, []
    with screen.changing() as instance:
        for case_id in chosen:
            try:
                deed(instance, case_id, who, why)
                done += 1
            except (NotFound, Conflict, InputError) as error:
                troubles.append(str(error))
    if not done and troubles:
        raise Conflict(troubles[0])
    said = f"{done} of {len(chosen)} done." + (f" Not done: {'; '.join(troubles)}" if troubles else "")
    return screen.go("/cases", said[:280])


Deed = Callable[[Instance, str, str, str], object]


def _chosen(screen: Screen) -> list[str]:
    said = screen.form.getlist("case") if isinstance(screen.form, FormData) else []
    chosen = [each for each in dict.fromkeys(map(str, said)) if each.isdecimal()]
    if not chosen:
        raise InputError("choose at least one case")
    if len(chosen) > _AT_ONCE:
        raise InputError(f"choose at most {_AT_ONCE} cases at once")
    return chosen


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
    document = document_of(casework.find_open(instance.journal, case_id))
    if document is None:
        raise Conflict(f"case {case_id} is about no document that could be sent again")
    interventions.resend(instance, document, why, who)


def document_of(case: Case) -> str | None:
    """The document that a case is about; None where it is about none."""
    ids = [subject.removeprefix("document:") for subject in case.subjects if subject.startswith("document:")]
    return ids[0] if ids else None


ADDRESSES = (shows("/cases", cases), changes("/cases", deal_with))
