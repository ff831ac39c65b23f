"""The control record of an IDoc (EDI_DC40): who sends what to whom, under which number.

Field by field as SAP writes it, texts with their leading zeros: what they mean is for gateway/sap to say.
"""

from gateway.documents.base import Day, Record, Text


class SapParty(Record):
    """One end of an IDoc: port, partner type (LS a system, KU a customer), partner function and number.

    `address` and `logical` are SNDSAD and SNDLAD, RCVSAD and RCVLAD.
    """

    port: Text | None = None
    kind: Text | None = None
    function: Text | None = None
    number: Text | None = None
    address: Text | None = None
    logical: Text | None = None


class SapControl(Record):
    """EDI_DC40. `direction` is 1 for what leaves SAP and 2 for what goes into it; `number` is DOCNUM, 16 digits.

    `idoc_type` is the basic type (ORDERS05), `extension` a customer's own, `message` the message type (ORDERS) with
    its `variant` (MESCOD) and `function` (MESFCT). `interchange`, `group` and `reference` are REFINT, REFGRP and
    REFMES: the control numbers of the message that this comes from. `archive` is ARCKEY, a key of the sender's own.
    """

    client: Text | None = None
    number: Text | None = None
    release: Text | None = None
    status: Text | None = None
    direction: Text | None = None
    output_mode: Text | None = None
    express: Text | None = None
    test: Text | None = None
    idoc_type: Text | None = None
    extension: Text | None = None
    message: Text | None = None
    variant: Text | None = None
    function: Text | None = None
    standard: Text | None = None
    standard_version: Text | None = None
    standard_message: Text | None = None
    sender: SapParty | None = None
    receiver: SapParty | None = None
    created_on: Day | None = None
    created_time: Text | None = None
    interchange: Text | None = None
    group: Text | None = None
    reference: Text | None = None
    archive: Text | None = None
    serial: Text | None = None
