"""What all documents of a seller share: an id that the ERP repeats in its posting result, and a name of their own."""

from typing import Literal

from gateway.documents.base import Record, Text


class SellerDocument(Record):
    """A document about a seller's business at marketplaces. `id` is repeated by posting results; nobody parses it."""

    document: Text
    version: Literal[1] = 1
    id: Text
    seller: Text

    @property
    def number(self) -> str:
        """What people call the thing it is about: a settlement, an order, a shipment."""
        raise NotImplementedError

    @property
    def name_parts(self) -> tuple[str, ...]:
        """What the name of its file is made of, after the word in `document`."""
        raise NotImplementedError
