"""One case: what is wrong, what to do, the facts; its remarks and history; and everything a person can do with it."""

from starlette.responses import Response

from gateway import casework
from gateway.errors import InputError
from gateway.pipeline.chronicle import state_of
from gateway.queries.case_steps import step
from gateway.queries.quarantined import names_of
from gateway.web.pages.cases import OWNERS, SNOOZES, snooze_until
from gateway.web.screen import Screen, changes, shows


def case(screen: Screen) -> Response:
    """The page of a case."""
    case_id = screen.path("id")
    found = screen.journal.case(case_id)
    shown = casework.show(screen.journal, case_id)
    until = casework.snoozed_until(screen.journal, case_id)
    order, line = casework.order_line(found)
    partner, _, number = order.partition(":")
    return screen.page(
        "case.html",
        title=f"Case {case_id}",
        command=f"cases show {case_id} --json",
        trail=[("/cases", "Cases")],
        case=shown,
        notes=shown["notes"],
        steps=[step(entry) for entry in shown["history"]],
        snoozed=until if found.state == "open" and until and until > screen.now else None,
        latest=casework.latest_snooze(found, screen.now),
        by_itself=casework.closes_by_itself(found),
        line=line,
        order=number,
        is_taken=bool(number) and state_of(screen.journal, partner, number) is not None,
        partner=partner,
        document=casework.document_of(found),
        quarantined=[name for name in names_of(found.subjects, screen.config, screen.journal) if name.isprintable()],
        owners=OWNERS,
        snoozes=SNOOZES,
    )


def assign(screen: Screen) -> Response:
    """Give it to somebody."""
    case_id, owner, who = screen.path("id"), screen.field("owner", at_most=60), screen.who
    if not owner:
        raise InputError("say to whom it goes")
    with screen.changing() as instance:
        casework.assign(instance.journal, case_id, owner, who, screen.now)
    return screen.go(f"/cases/{case_id}", f"It goes to {owner}.")


def note(screen: Screen) -> Response:
    """Keep a remark with it."""
    case_id, text, who = screen.path("id"), screen.field("text", at_most=2_000), screen.who
    if not text:
        raise InputError("write what is to be kept")
    with screen.changing() as instance:
        casework.note(instance.journal, case_id, text, who, screen.now)
    return screen.go(f"/cases/{case_id}", "Noted.")


def snooze(screen: Screen) -> Response:
    """Put it off, or show it again."""
    case_id, who = screen.path("id"), screen.who
    if screen.field("for") == "wake":
        with screen.changing() as instance:
            casework.wake(instance.journal, case_id, who, screen.now)
        return screen.go(f"/cases/{case_id}", "It is shown again.")
    why, until = screen.reason(), snooze_until(screen)
    with screen.changing() as instance:
        casework.snooze(instance.journal, case_id, until, why, who, screen.now)
    return screen.go(f"/cases/{case_id}", "It is put off.")


def resolve(screen: Screen) -> Response:
    """Close it, or give its line up."""
    case_id, why, who = screen.path("id"), screen.reason(), screen.who
    gives_up = screen.field("reject_line") == "yes"
    with screen.changing() as instance:
        line = casework.resolve(instance, case_id, why, who, reject_line=gives_up)
    done = f"Line {line} is rejected; the rest of the order goes on." if line else "It is closed."
    return screen.go(f"/cases/{case_id}", done)


ADDRESSES = (
    shows("/cases/{id}", case),
    changes("/cases/{id}/assign", assign),
    changes("/cases/{id}/note", note),
    changes("/cases/{id}/snooze", snooze),
    changes("/cases/{id}/resolve", resolve),
)
