"""What is incomplete or false in what was sent, judged by the bytes alone, in the order in which files went and came.

The rules are small functions in three tables, one a kind of document; each sees the document and what is known by then.
What a person may do or leave undone is no complaint: an order that nobody has answered yet was not answered falsely.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal, TypeVar

from tests.judge.answers import ANSWER_RULES
from tests.judge.documents import Acknowledgement, Answer, Change, Document, Interchange, Invoice, Notice, Order
from tests.judge.envelopes import interchange_of
from tests.judge.invoices import INVOICE_RULES
from tests.judge.known import Known
from tests.judge.notices import NOTICE_RULES

D = TypeVar("D")

# AK501 and 0083: refused whole.
_REFUSED = ("R", "4")


def judge_folder(
    files_in_order: Iterable[tuple[Literal["sent", "received"], bytes]], packs: Mapping[str, int]
) -> list[str]:
    """All complaints about what was sent. `packs`: item number -> pieces a case, for lines counted in cases."""
    found: list[str] = []
    conversation: list[tuple[str, Interchange]] = []
    for way, data in files_in_order:
        try:
            conversation.append((way, interchange_of(data)))
        except ValueError as error:
            found += [f"a file that was sent is no interchange: {error}"] if way == "sent" else []
    return found + complaints(conversation, packs)


def complaints(conversation: Iterable[tuple[str, Interchange]], packs: Mapping[str, int]) -> list[str]:
    """The same, of interchanges that are read already. Order numbers are those of one pair of parties."""
    known: dict[frozenset[str], Known] = defaultdict(lambda: Known(packs))
    found: list[str] = []
    numbers: dict[tuple[str, ...], int] = {}
    for way, interchange in conversation:
        between = known[frozenset(interchange.parties)]
        if way == "received":
            _hear(interchange, between)
            continue
        found += [f"interchange {interchange.number}: {fault}" for fault in interchange.faults]
        found += _numbers_that_do_not_rise(interchange, numbers)
        for document in interchange.documents:
            found += _judge(document, between)
            if isinstance(document, Invoice):
                between.refused.discard(document.number)
                numbered = interchange.group_numbers or (interchange.number,)
                between.sent_in.update({number.lstrip("0"): document.number for number in numbered})
    return found


def _hear(interchange: Interchange, known: Known) -> None:
    for document in interchange.documents:
        if isinstance(document, Order):
            known.orders[document.number] = document
        elif isinstance(document, Change):
            known.change(document)
        elif isinstance(document, Acknowledgement) and document.verdict in _REFUSED:
            known.refused.add(known.sent_in.get(document.about.lstrip("0"), ""))


def _judge(document: Document, known: Known) -> list[str]:
    """The complaints about a document, which is known from then on."""
    found: list[str] = []
    match document:
        case Answer():
            found = _judged(document, known, ANSWER_RULES, f"answer to {document.purchase_order}")
            known.answers[document.purchase_order] = document
        case Notice():
            found = _judged(document, known, NOTICE_RULES, f"ship notice {document.number}")
            _note(document, known)
        case Invoice():
            found = _judged(document, known, INVOICE_RULES, f"{document.kind} {document.number}")
            if document.kind == "invoice":
                known.invoices[document.number] = document
    return found


def _judged(document: D, known: Known, rules: Iterable[Callable[[D, Known], Iterator[str]]], name: str) -> list[str]:
    return [f"{name}: {fault}" for rule in rules for fault in rule(document, known)]


def _note(notice: Notice, known: Known) -> None:
    known.notices.pop(notice.number, None)
    if notice.purpose != "cancel":
        known.notices[notice.number] = notice
    known.labels.update({pack.sscc: notice.number for pack in notice.packs if pack.sscc})


def _numbers_that_do_not_rise(interchange: Interchange, numbers: dict[tuple[str, ...], int]) -> Iterator[str]:
    """Control numbers of one pair of parties are used once and rise, of interchanges and of groups."""
    drawn = [("interchange", interchange.number), *(("group", number) for number in interchange.group_numbers)]
    for kind, number in drawn:
        series = (kind, *interchange.parties)
        if int(number) <= numbers.get(series, 0):
            yield f"interchange {interchange.number}: the {kind}'s number {number} does not rise"
        numbers[series] = max(int(number), numbers.get(series, 0))
