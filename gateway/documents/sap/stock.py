"""Stock: goods movements (MBGMCR03) and stock transport orders (PORDCR103) into SAP, stock reports (PROACT01) out."""

from gateway.documents.base import Day, Number, Record, Text


class SapMovement(Record):
    """One movement (E1BP2017_GM_ITEM_CREATE): so many of a material, by a movement type, here or from here to there."""

    material: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    batch: Text | None = None
    movement: Text | None = None
    stock_type: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    unit_iso: Text | None = None
    order: Text | None = None
    order_item: Text | None = None
    text: Text | None = None
    to_plant: Text | None = None
    to_storage: Text | None = None
    indicator: Text | None = None
    reason: Text | None = None


class SapGoodsMovement(Record):
    """Movements that are posted together. `code` is GM_CODE: 01 receipt, 03 issue, 04 transfer, 05 other receipt."""

    posted_on: Day | None = None
    dated_on: Day | None = None
    reference: Text | None = None
    text: Text | None = None
    code: Text | None = None
    movements: tuple[SapMovement, ...] = ()


class SapTransportHead(Record):
    """The head of a purchase order (E1BPMEPOHEADER). Beside it stands which of its fields are meant (…HEADERX)."""

    company: Text | None = None
    document_type: Text | None = None
    created_on: Day | None = None
    vendor: Text | None = None
    purchasing_organisation: Text | None = None
    purchasing_group: Text | None = None
    dated_on: Day | None = None
    reference: Text | None = None
    supplying_plant: Text | None = None


class SapTransportHeadMarks(Record):
    """Which fields of the head are meant: X each (E1BPMEPOHEADERX)."""

    company: Text | None = None
    document_type: Text | None = None
    created_on: Text | None = None
    purchasing_organisation: Text | None = None
    purchasing_group: Text | None = None
    dated_on: Text | None = None
    reference: Text | None = None
    supplying_plant: Text | None = None


class SapTransportItem(Record):
    """An item of a stock transport order (E1BPMEPOITEM): where to, and how many."""

    item: Text
    material: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    unit_iso: Text | None = None
    category: Text | None = None


class SapTransportItemMarks(Record):
    """Which fields of an item are meant: X each (E1BPMEPOITEMX)."""

    item: Text
    item_mark: Text | None = None
    material: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    quantity: Text | None = None
    unit: Text | None = None
    unit_iso: Text | None = None
    category: Text | None = None


class SapTransportSchedule(Record):
    """A schedule line of an item (E1BPMEPOSCHEDULE)."""

    item: Text
    line: Text | None = None
    due_on: Day | None = None
    quantity: Number | None = None


class SapTransportScheduleMarks(Record):
    """Which fields of a schedule line are meant: X each (E1BPMEPOSCHEDULX)."""

    item: Text
    line: Text | None = None
    item_mark: Text | None = None
    line_mark: Text | None = None
    due_on: Text | None = None
    quantity: Text | None = None


class SapStockTransport(Record):
    """A stock transport order: goods that one plant asks of another."""

    head: SapTransportHead | None = None
    head_marks: SapTransportHeadMarks | None = None
    items: tuple[SapTransportItem, ...] = ()
    item_marks: tuple[SapTransportItemMarks, ...] = ()
    schedule: tuple[SapTransportSchedule, ...] = ()
    schedule_marks: tuple[SapTransportScheduleMarks, ...] = ()


class SapStockQuantity(Record):
    """So many in one state (E1EDP32): 020 is free, 021 in inspection, 022 blocked, 023 in transfer."""

    state: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    told_on: Day | None = None


class SapStockItem(Record):
    """A material at a place (E1EDP31)."""

    position: Text | None = None
    material: Text | None = None
    ean: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    base_unit: Text | None = None
    quantities: tuple[SapStockQuantity, ...] = ()


class SapStock(Record):
    """A stock report (PROACT01)."""

    number: Text | None = None
    told_on: Day | None = None
    told_time: Text | None = None
    items: tuple[SapStockItem, ...] = ()
