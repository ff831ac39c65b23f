"""One document: its bytes beside what they mean, its twin on the other shore, and what may be done about it."""

from typing import Any

from starlette.responses import Response

from gateway import interventions, queries
from gateway.errors import InputError
from gateway.queries import Json
from gateway.queries.anatomy import SEGMENTS, anatomy
from gateway.queries.document_fields import fields
from gateway.queries.dossiers import dossier
from gateway.web.screen import Screen, changes, shows

_WAYS = ("retransmit", "reissue")


def document(screen: Screen) -> Response:
    """The page."""
    document_id = screen.path("id")
    found = dossier(screen.instance, document_id)
    taken = with_ids(anatomy(screen.instance, document_id, first=first_of(screen)))
    others = [_other(screen, each) for each in found["counterparts"][:1]]
    gaps = {reason["path"]: reason for reason in found["reasons"] if reason.get("path") and not reason.get("let_go")}
    return screen.page(
        "document.html",
        title=f"{found['type']} {found['business_number']}",
        command=f"documents show {document_id}",
        trail=[("/documents", "Documents")],
        document=found,
        taken=taken,
        others=others,
        gaps=gaps,
        unplaced=_unplaced(found, taken),
        parts_of_it=parts_of(taken, f"/documents/{document_id}"),
        answers_to=[each for each in found["answers"] if each["answer"] != document_id],
        answers_for=[each for each in found["answers"] if each["answer"] == document_id],
    )


def raw(screen: Screen) -> Response:
    """The bytes of a document as they came or went, to be saved."""
    document_id = screen.path("id")
    found = screen.journal.document(document_id)
    data = queries.raw_of(screen.journal, document_id)
    return screen.download(data, f"{document_id}-{found.file or found.type}.txt")


def release(screen: Screen) -> Response:
    """Let a held document go on."""
    document_id, reason, who = screen.path("id"), screen.reason(), screen.who
    with screen.changing() as instance:
        rules = interventions.release(instance, document_id, reason, who)
    over = f", in spite of {', '.join(rules)}" if rules else ""
    return screen.go(f"/documents/{document_id}", done=f"Document {document_id} goes on with the next look{over}.")


def resend(screen: Screen) -> Response:
    """Send a document once more, in a way that its plan leaves open."""
    document_id, reason, who = screen.path("id"), screen.reason(), screen.who
    way = screen.field("way")
    if way not in _WAYS:
        raise InputError(f"a document is sent again by {' or '.join(_WAYS)}, not by {way!r}")
    with screen.changing() as instance:
        chosen, leaves = interventions.resend(
            instance, document_id, reason, who, "reissue" if way == "reissue" else "retransmit"
        )
    if chosen == "reissue":
        return screen.go(f"/documents/{leaves}", done=f"Written anew as document {leaves}, under a new number.")
    return screen.go(f"/documents/{document_id}", done="The same bytes leave with the next look.")


def first_of(screen: Screen) -> int:
    """The first segment that is asked for. Raises InputError."""
    text = screen.query("from", at_most=9)
    if text and not (text.isascii() and text.isdecimal() and int(text)):
        raise InputError(f"{text!r} is no number of a segment: they begin with 1")
    return int(text or 1)


def with_ids(taken: Json) -> Json:
    """Names for its fields that addresses can point to, and the field that each value became by that name."""
    names: dict[str, str] = {}
    for number, row in enumerate(taken["fields"], 1):
        row["id"] = f"f{number}"
        names.setdefault(row.get("source", row["field"]), row["id"])
    return {**taken, "names": names}


def parts_of(taken: Json, address: str) -> list[Json]:
    """The parts that a long message is shown in."""
    if taken["total"] <= SEGMENTS and taken["first"] == 1:
        return []
    starts = range(1, taken["total"] + 1, SEGMENTS)
    return [
        {
            "address": f"{address}?from={start}",
            "text": f"{start:,} to {min(taken['total'], start + SEGMENTS - 1):,}",
            "is_shown": start <= taken["first"] < start + SEGMENTS,
        }
        for start in starts
    ]


def _other(screen: Screen, line: Json) -> Json:
    """The form of the other shore, as a flat list of its fields."""
    body = screen.journal.body_of(line["id"])
    rows: list[Any] = list(fields(body, {}))
    for number, row in enumerate(rows, 1):
        row["id"] = f"o{number}"
    return {**line, "fields": rows}


def _unplaced(found: Json, taken: Json) -> list[Json]:
    """Findings that stand at no segment that is shown."""
    shown = {segment["segment"] for segment in taken["segments"]}
    findings = found["message"]["findings"] if found["message"] else []
    return [finding for finding in findings if (finding["segment"] or 1) not in shown]


ADDRESSES = (
    shows("/documents/{id}", document),
    shows("/documents/{id}/raw", raw),
    changes("/documents/{id}/release", release),
    changes("/documents/{id}/resend", resend),
)
