"""What happened to a case, step by step, in the words of people: who did what, and why."""

from collections.abc import Callable, Mapping

from gateway.queries.listings import Json

NOTED = "case-noted"
SNOOZED = "case-snoozed"

_REASONS = {"opened": "it was opened", "due-soon": "it is nearly due", "overdue": "it is overdue"}


def _told(destination: str, how: str) -> str:
    """`anna@example.com was told by email` of `email:anna@example.com` and `was told`; the log is nobody."""
    way, _, whom = destination.partition(":")
    return f"{whom} {how} by {way}" if whom else f"a line {how.replace('told', 'written')} to the {way}"


def _of_alert(body: Json) -> tuple[str, str]:
    reason = body["reason"]
    told = "; ".join(_told(each, "is to be told") for each in body["to"])
    return told, _REASONS.get(reason, reason.replace("-", " "))


# What an entry of the journal says, and its detail where that is no reason and no remark.
_STEPS: Mapping[str, Callable[[Json], tuple[str, str]]] = {
    "case-opened": lambda _: ("opened", ""),
    "case-updated": lambda _: ("its facts changed", ""),
    "case-assigned": lambda body: (f"given to {body['owner']}", ""),
    "case-closed": lambda _: ("closed", ""),
    NOTED: lambda _: ("noted", ""),
    SNOOZED: lambda body: (f"put off until {body['until']}" if body["until"] else "shown again", ""),
    "alert-queued": _of_alert,
    "alert-sent": lambda body: (_told(body["to"], "was told"), ""),
    "alert-failed": lambda body: (_told(body["to"], "could not be told"), body["error"]),
}


def step(entry: Json) -> Json:
    """An entry of a case's history: `at`, `what` happened, `who` did it, and a `detail`, which may be empty."""
    body: Json = entry["body"]
    kind = entry["kind"]
    what, detail = _STEPS[kind](body) if kind in _STEPS else (kind.replace("event:", "").replace("-", " "), "")
    said = body.get("reason") or body.get("why") or body.get("text") or ""
    who = body.get("who") or body.get("closed_by") or "gateway"
    return {"at": entry["at"], "what": what, "who": who, "detail": detail or said}
