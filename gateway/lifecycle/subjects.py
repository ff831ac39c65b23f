"""The names under which the journal files what concerns an order, a shipment, an invoice or a document."""


def subject_of(partner: str, purchase_order: str) -> str:
    """The subject under which everything about an order is found."""
    return f"order:{partner}:{purchase_order}"


def shipment_subject(partner: str, shipment: str) -> str:
    """The subject of a shipment."""
    return f"shipment:{partner}:{shipment}"


def invoice_subject(partner: str, invoice: str) -> str:
    """The subject of an invoice."""
    return f"invoice:{partner}:{invoice}"


def document_subject(document: str) -> str:
    """The subject of a document, by its id in the journal."""
    return f"document:{document}"
