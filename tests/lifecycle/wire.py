"""What is wrong with the bytes that were sent, by a reader that knows nothing of the lifecycle.

The judge of tests/judge says what is incomplete or false. Beside it stands what only the order of the files tells:
nothing is said of an order after its cancellation came, and nothing is charged whose ship notice was not accepted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tests.judge.documents import Acknowledgement, Answer, Document, Interchange, Invoice, Notice, Order
from tests.judge.envelopes import interchange_of
from tests.judge.judgement import complaints
from tests.judge.known import Known


@dataclass(frozen=True)
class Conversation:
    """The files between partner and gateway so far, as (way, what it says); growing makes another one."""

    packs: Mapping[str, int]
    files: tuple[tuple[str, Interchange], ...] = ()

    def grown(self, received: tuple[bytes, ...], sent: tuple[bytes, ...]) -> "Conversation":
        """The conversation with these files behind it."""
        more = [("received", interchange_of(data)) for data in received] + [
            ("sent", interchange_of(data)) for data in sent
        ]
        return Conversation(self.packs, (*self.files, *more))

    def complaints(self) -> list[str]:
        """Everything that is wrong with it."""
        return [*complaints(self.files, self.packs), *self._out_of_turn()]

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

    def _out_of_turn(self) -> Iterator[str]:
        accepted: set[str] = set()
        told: list[tuple[str, Notice]] = []
        charged: list[Invoice] = []
        is_cancelled = False
        for way, interchange in self.files:
            for document in interchange.documents:
                match document:
                    case Acknowledgement() if way == "received" and document.verdict in ("A", "E"):
                        accepted.add(document.about)
                    case Order() if way == "received":
                        is_cancelled = document.purpose == "cancel"
                    case Answer() | Notice() | Invoice() if is_cancelled:
                        yield f"{type(document).__name__} is sent, and the order was cancelled"
                if isinstance(document, Notice):
                    told.append((interchange.group_numbers[0], document))
                if isinstance(document, Invoice):
                    charged.append(document)
                    yield from self._charged_too_early(charged, [n for group, n in told if group in accepted])

    def _charged_too_early(self, invoices: list[Invoice], accepted: list[Notice]) -> Iterator[str]:
        stands = Known(self.packs, notices={notice.number: notice for notice in accepted}).shipped()
        charged = Known(self.packs, invoices={invoice.number: invoice for invoice in invoices}).invoiced()
        for (order, line), pieces in charged.items():
            if pieces > stands.get((order, line), Decimal(0)):
                yield (
                    f"invoice {invoices[-1].number}: order {order}, line {line}: {pieces} pieces are charged by then, "
                    f"{stands[order, line]} stand in ship notices that the partner accepted"
                )
