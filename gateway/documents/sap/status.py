"""ALEAUD01: what has become of IDocs that SAP was given, by their own numbers; and SYSTAT01, which says it in short."""

from gateway.documents.base import Day, Record, Text


class SapObject(Record):
    """The document that an IDoc has become (E1PRTOB): its kind (BUS2032 a sales order) and its number."""

    idoc: Text | None = None
    kind: Text | None = None
    key: Text | None = None


class SapState(Record):
    """The status of one IDoc (E1STATE): `idoc` is its sender's number. The message has parts, short or long."""

    idoc: Text | None = None
    status: Text | None = None
    severity: Text | None = None
    message_class: Text | None = None
    message_number: Text | None = None
    part_1: Text | None = None
    part_2: Text | None = None
    part_3: Text | None = None
    part_4: Text | None = None
    long_part_1: Text | None = None
    long_part_2: Text | None = None
    long_part_3: Text | None = None
    long_part_4: Text | None = None
    objects: tuple[SapObject, ...] = ()


class SapAudit(Record):
    """The states of IDocs of one message type (E1ADHDR)."""

    message: Text | None = None
    long_message: Text | None = None
    variant: Text | None = None
    function: Text | None = None
    states: tuple[SapState, ...] = ()


class SapStatus(Record):
    """An audit of SAP's: the states of IDocs, at most 500 of them."""

    audits: tuple[SapAudit, ...] = ()


class SapSystemState(Record):
    """The status of one IDoc (E1STATS), in a system that tells it without an audit."""

    idoc: Text | None = None
    logged_on: Day | None = None
    logged_time: Text | None = None
    status: Text | None = None
    severity: Text | None = None
    message_class: Text | None = None
    message_number: Text | None = None
    part_1: Text | None = None
    part_2: Text | None = None
    part_3: Text | None = None
    part_4: Text | None = None
    text: Text | None = None


class SapSystemStatus(Record):
    """What became of IDocs, one by one."""

    states: tuple[SapSystemState, ...] = ()
