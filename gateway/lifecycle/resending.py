"""Sending once more: the four ways, what the partner will make of each, and which of them are refused.

*Retransmit* sends the same bytes under the same numbers: a partner that has them takes them for a duplicate. *Reissue*
sends the same content under a new control number: a partner that has it processes it twice. *Replace* is a correction
by the ERP, which says that it takes the place of the one before. *Cancel* takes a document back. What could be charged,
shipped or answered twice is refused here, and only a correction of the ERP goes on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from gateway.lifecycle.acknowledgement import Level

Way = Literal["retransmit", "reissue", "replace", "cancel"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A document of ours as far as sending it again is concerned.

    `delivery` and `acknowledgement` are its statuses, `level` says who refused it, None where nobody did. `is_drafted`
    tells order responses, ship notices and invoices from all else; `is_superseded` that a later one took its place,
    `is_pruned` that its bytes were removed, as the retention has it; `is_for_the_erp` that our own ERP answers it: a
    person can mend there what it refuses for.
    """

    message: str
    delivery: str
    acknowledgement: str
    level: Level | None = None
    is_drafted: bool = False
    is_superseded: bool = False
    is_pruned: bool = False
    is_for_the_erp: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One way: whether it is open, what the partner will make of it, and why it is refused or what to do."""

    way: Way
    is_open: bool
    meaning: str
    reason: str


def plan(sent: Sent) -> tuple[Option, ...]:
    """The four ways for a document, the gentlest first."""
    return tuple(_option(way, sent) for way in _WAYS)


def best(options: tuple[Option, ...]) -> Option | None:
    """The gentlest way that is open and needs nobody else; None where there is none."""
    return next((option for option in options if option.is_open and option.way in ("retransmit", "reissue")), None)


def _option(way: Way, sent: Sent) -> Option:
    meaning, reason_against, remark = _WAYS[way]
    if way == "retransmit" and sent.is_for_the_erp:
        meaning, remark = _TO_THE_ERP
    against = reason_against(sent)
    return Option(way=way, is_open=against is None, meaning=meaning, reason=against or remark)


def _on_its_way(sent: Sent) -> str | None:
    if sent.delivery == "none":
        return "it has not left yet: `gateway explain` says what holds it"
    if sent.delivery == "queued":
        return "it is still on its way: it leaves with the next `gateway once`"
    if sent.is_superseded:
        return "a later document stands in its place; look at that one"
    return None


def _against_retransmitting(sent: Sent) -> str | None:
    if sent.acknowledgement in ("accepted", "accepted_with_errors"):
        return "the ERP has booked it" if sent.is_for_the_erp else "the partner has it and has taken it"
    if sent.acknowledgement == "rejected" and not sent.is_for_the_erp:
        return "the partner refused these bytes, and would refuse them again"
    if sent.is_pruned:
        return "its bytes were removed, as the retention has it: nothing is left that could be sent again"
    return None


def _against_reissuing(sent: Sent) -> str | None:
    if not sent.is_drafted:
        return "only order responses, ship notices and invoices are written anew"
    if sent.acknowledgement != "rejected":
        return "the partner may have it: under a new number it would be processed twice"
    if sent.level is Level.CONTENT:
        return "the partner's application refused what it says: the same content would be refused again"
    return None


def _against_replacing(sent: Sent) -> str | None:
    if not sent.is_drafted:
        return "there is nothing to correct in an answer: it says what we found"
    if sent.message in ("810", "INVOIC") and sent.acknowledgement != "rejected":
        return "an invoice that was taken is corrected by a credit note and a new invoice"
    return None


def _against_cancelling(_: Sent) -> str | None:
    return "the partner's messages have no cancellation that we may send: ask him, or correct it by a replacement"


_TO_THE_ERP = (
    "the same bytes; after a refusal under a new name: the ERP knows it by its id and books it once",
    "correct first in the ERP what it refused for",
)
_WAYS: Mapping[Way, tuple[str, Callable[[Sent], str | None], str]] = {
    "retransmit": (
        "the same bytes, name and control number: a duplicate to a partner that has them, new to one that lacks them",
        lambda sent: _on_its_way(sent) or _against_retransmitting(sent),
        "it is not known to have been taken",
    ),
    "reissue": (
        "the same content under a new control number: a new document to the partner, whatever came before",
        lambda sent: _on_its_way(sent) or _against_reissuing(sent),
        "the partner refused its form, so it was never processed",
    ),
    "replace": (
        "a correction of the ERP with a higher revision, which says that it takes the place of this one",
        lambda sent: _on_its_way(sent) or _against_replacing(sent),
        "let the ERP send it with a higher revision; it leaves by itself",
    ),
    "cancel": ("this document is taken back", _against_cancelling, ""),
}
