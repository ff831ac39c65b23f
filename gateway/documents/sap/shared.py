"""Segments that several types of IDoc share: partners, references, taxes, conditions, texts, sums."""

from gateway.documents.base import Day, Number, Record, Text


class SapPartner(Record):
    """A partner of a document (E1EDKA1): `role` is AG who orders, WE who gets it, RE who is billed, RG who pays, RS who
    bills, LF who sells, SP who carries. Then his number at SAP, our number at his, name and address, GLN.
    """

    role: Text | None = None
    number: Text | None = None
    vendor: Text | None = None
    name: Text | None = None
    name2: Text | None = None
    name3: Text | None = None
    name4: Text | None = None
    street: Text | None = None
    street2: Text | None = None
    city: Text | None = None
    district: Text | None = None
    county: Text | None = None
    postcode: Text | None = None
    country: Text | None = None
    region: Text | None = None
    telephone: Text | None = None
    language: Text | None = None
    gln: Text | None = None


class SapReference(Record):
    """Another document that a document names (E1EDK02): its number, its line, its day."""

    number: Text | None = None
    line: Text | None = None
    dated_on: Day | None = None


class SapItemReference(SapReference):
    """Another document that an item names (E1EDP02); `reference` is what its sender calls it (IHREZ)."""

    reference: Text | None = None


class SapTax(Record):
    """Tax (E1EDK04, E1EDP04): SAP's code, the rate in per cent, the amount."""

    code: Text | None = None
    rate: Number | None = None
    amount: Number | None = None
    jurisdiction: Text | None = None
    text: Text | None = None


class SapCondition(Record):
    """A surcharge (`sign` +) or discount (-) beside the price (E1EDK05, E1EDP05); `kind` is the condition type.

    `tax_code` and `tax_rate` (in per cent) say how it is taxed.
    """

    sign: Text | None = None
    kind: Text | None = None
    text: Text | None = None
    amount: Number | None = None
    percent: Number | None = None
    tax_code: Text | None = None
    tax_rate: Number | None = None


class SapTextLine(Record):
    """A line of a text, at most 70 characters; the format * begins a paragraph."""

    text: Text | None = None
    format: Text | None = None


class SapTextBlock(Record):
    """A text (E1EDKT1, E1EDPT1): which of the document's texts it is, its language, its lines."""

    id: Text | None = None
    language: Text | None = None
    lines: tuple[SapTextLine, ...] = ()


class SapSum(Record):
    """A total of the document (E1EDS01), with its unit or currency."""

    amount: Number
    unit: Text | None = None
    currency: Text | None = None
