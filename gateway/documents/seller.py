"""What all documents of a seller share: an id that the ERP repeats in its posting result, and a name of their own."""

from abc import abstractmethod
from typing import Literal

from gateway.documents.base import Record, Text


class SellerDocument(Record):
    """A document about a seller's business at marketplaces. `id` is repeated by posting results; nobody parses it.

    A kind of document says what it is about and how its file is named, or it cannot be made.
    """

    document: Text
    version: Literal[1] = 1
    id: Text
    seller: Text

    @property
    @abstractmethod
    def number(self) -> str:
        """What people call the thing it is about: a settlement, an order, a shipment."""

    @property
    @abstractmethod
    def name_parts(self) -> tuple[str, ...]:
        """What the name of its file is made of, after the word in `document`."""
