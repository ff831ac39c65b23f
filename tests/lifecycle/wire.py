"""What is wrong with the bytes that were sent, by a reader that knows nothing of the lifecycle.

The judge of tests/judge says what is incomplete or false. Beside it stands what only the order of the files tells:
nothing is said of an order after its cancellation came, and nothing is charged whose ship notice was not accepted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from tests.judge.documents import Acknowledgement, Answer, Document, Interchange, Invoice, Notice, Order
from tests.judge.envelopes import interchange_of
from tests.judge.judgement import complaints
from tests.judge.known import Known


@dataclass(frozen=True)
class Conversation:
    """The files between partner and gateway so far, as (way, what it says); growing makes another one.

    `refused` are the groups of ours that the partner's application refused, which the judge does not read.
    """

    packs: Mapping[str, int]
    files: tuple[tuple[str, Interchange], ...] = ()
    refused: frozenset[str] = frozenset()

    def grown(self, received: tuple[bytes, ...], sent: tuple[bytes, ...]) -> "Conversation":
        """The conversation with these files behind it."""
        more = [("received", interchange_of(data)) for data in received] + [
            ("sent", interchange_of(data)) for data in sent
        ]
        return replace(self, files=(*self.files, *more))

    def complaints(self) -> list[str]:
        """Everything that is wrong with it.

        An invoice that the partner refused whole, or that a credit note took back, charges nothing: it is judged when
        it leaves, and counts for no other.
        """
        void = self._void
        had = ((way, each) for way, each in self.files if way == "received" or not _charges(each) & void)
        return [*complaints(had, self.packs), *self._out_of_turn()]

    @property
    def known(self) -> Known:
        """What was said so far."""
        known = Known(self.packs)
        for way, document in self._documents():
            match document:
                case Order() if way == "received" and document.purpose != "cancel":
                    known.orders[document.number] = document
                case Answer():
                    known.answers[document.purchase_order] = document
                case Notice():
                    known.notices[document.number] = document
                case Invoice():
                    known.invoices[document.number] = document
        return known

    def _documents(self) -> Iterator[tuple[str, Document]]:
        return ((way, document) for way, interchange in self.files for document in interchange.documents)

    @property
    def _void(self) -> set[str]:
        """The groups of ours that the partner refused whole, and the numbers of invoices that were taken back."""
        heard = (document for way, document in self._documents() if way == "received")
        refused = {each.about for each in heard if isinstance(each, Acknowledgement) and each.verdict == "R"}
        said = (document for way, document in self._documents() if way == "sent")
        notes = (each.number for each in said if isinstance(each, Invoice) and each.kind == "credit note")
        return {*self.refused, *refused, *(f"INV{number.removeprefix('CN')}" for number in notes)}

    def _out_of_turn(self) -> Iterator[str]:
        accepted: set[str] = set()
        void = self._void
        told: list[tuple[str, Notice]] = []
        charged: list[tuple[str, Invoice]] = []
        is_cancelled = False
        for way, interchange in self.files:
            for document in interchange.documents:
                match document:
                    case Acknowledgement() if way == "received" and document.verdict in ("A", "E"):
                        accepted.add(document.about)
                    case Order() if way == "received":
                        is_cancelled = document.purpose == "cancel"
                    case Answer() if is_cancelled:
                        yield f"answer to {document.purchase_order}: is sent, and the order was cancelled"
                    case Notice() if is_cancelled:
                        yield f"ship notice {document.number}: is sent, and the order was cancelled"
                    case Invoice() if is_cancelled and document.kind == "invoice":
                        yield f"invoice {document.number}: is sent, and the order was cancelled"
                if isinstance(document, Notice):
                    told.append((interchange.group_numbers[0], document))
                if isinstance(document, Invoice) and document.kind == "invoice":
                    charged.append((interchange.group_numbers[0], document))
                    standing = [each for group, each in charged[:-1] if not {group, each.number} & void] + [document]
                    yield from self._charged_too_early(standing, [n for group, n in told if group in accepted])

    def _charged_too_early(self, invoices: list[Invoice], accepted: list[Notice]) -> Iterator[str]:
        """Of the lines that the last of these invoices charges, those of which too little stands by then."""
        stands = Known(self.packs, notices={notice.number: notice for notice in accepted}).shipped()
        charged = Known(self.packs, invoices={invoice.number: invoice for invoice in invoices}).invoiced()
        for order, line in Known(self.packs, invoices={"": invoices[-1]}).invoiced():
            pieces = charged[order, line]
            if pieces > stands.get((order, line), Decimal(0)):
                yield (
                    f"invoice {invoices[-1].number}: order {order}, line {line}: {pieces} pieces are charged by then, "
                    f"{stands[order, line]} stand in ship notices that the partner accepted"
                )


def _charges(interchange: Interchange) -> set[str]:
    """The group of an invoice, and its number; nothing for what is none."""
    numbers = {document.number for document in interchange.documents if isinstance(document, Invoice)}
    return {interchange.group_numbers[0], *numbers} if numbers else set()
