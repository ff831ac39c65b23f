"""What an instance and a partner really said to each other, and sums of it, re-read from the bytes by another reader.

The order is that of the journal, in which what came and what was sealed stand as they happened.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from gateway.journal import Journal
from tests.judge.documents import Acknowledgement, Answer, Invoice, Notice, Order
from tests.judge.envelopes import interchange_of
from tests.judge.known import Known, items_of

Way = Literal["sent", "received"]
Pieces = dict[tuple[str, str], Decimal]


def transcript(journal: Journal, *, repeats: bool = False) -> list[tuple[Way, bytes]]:
    """The files of the channels in their order; a repeat said nothing, and is left out unless it is asked for."""
    found: list[tuple[Way, bytes]] = []
    for file in journal.files(limit=100_000):
        if file.channel == "erp":
            continue
        if file.direction == "out":
            found.append(("sent", journal.bytes_of(file.id)))
        elif repeats or any(interchange.outcome == "taken" for interchange in journal.interchanges(file.id)):
            found.append(("received", journal.bytes_of(file.id)))
    return found


def answered(files: list[tuple[Way, bytes]]) -> tuple[Counter[int], Counter[int]]:
    """The control numbers of all that came and asks for an answer, and those that were answered, with their counts."""
    came: Counter[int] = Counter()
    answers: Counter[int] = Counter()
    for way, data in files:
        interchange = interchange_of(data)
        said = [document for document in interchange.documents if isinstance(document, Acknowledgement)]
        if way == "sent":
            answers.update(int(answer.about) for answer in said)
        elif not said:
            came[int(interchange.number)] += 1
    return came, answers


@dataclass
class Heard:
    """The documents in a transcript: what was ordered, and what was sent under each number, in order."""

    packs: dict[str, int]
    orders: dict[str, Order] = field(default_factory=dict)
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    notices: dict[str, list[Notice]] = field(default_factory=lambda: defaultdict(list))
    invoices: dict[str, list[Invoice]] = field(default_factory=lambda: defaultdict(list))
    numbers: dict[tuple[str, ...], list[int]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, files: list[tuple[Way, bytes]], packs: dict[str, int]) -> "Heard":
        """Read a transcript."""
        heard = cls(packs)
        for way, data in files:
            interchange = interchange_of(data)
            if way == "sent":
                heard.numbers[interchange.parties].append(int(interchange.number))
            for document in interchange.documents:
                match document:
                    case Order():
                        heard.orders[document.number] = document
                    case Answer():
                        heard.answers[document.purchase_order].append(document)
                    case Notice():
                        heard.notices[document.number].append(document)
                    case Invoice():
                        heard.invoices[document.number].append(document)
        return heard

    def shipped_in(self, notice: Notice) -> Pieces:
        """The pieces in a ship notice, by order and line."""
        found: Pieces = defaultdict(Decimal)
        for item in items_of(notice):
            found[item.purchase_order, item.line] += self.pieces(item.quantity, item.unit, item.id)
        return found

    def charged_in(self, invoice: Invoice) -> Pieces:
        """The pieces in an invoice, by order and line."""
        found: Pieces = defaultdict(Decimal)
        for line in invoice.lines:
            found[line.purchase_order, line.line] += self.pieces(line.quantity, line.unit, line.id)
        return found

    def answered_in(self, answer: Answer) -> Iterator[tuple[str, str, Decimal]]:
        """Line, outcome and pieces of every part of an answer."""
        for line in answer.lines:
            for part in line.parts:
                yield line.line, part.outcome, self.pieces(part.quantity, part.unit, line.id)

    def pieces(self, quantity: Decimal, unit: str, item: str) -> Decimal:
        """A quantity of the wire in pieces."""
        return Known(self.packs).pieces(quantity, unit, item)
