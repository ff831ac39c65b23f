"""DELVRY07: a delivery with its handling units (message DESADV), and who gets it, when, and by whom."""

from gateway.documents.base import Day, Number, Record, Text


class SapAddress(Record):
    """A partner of a delivery (E1ADRM1): `role` is AG, WE or SP as in an order; his number, name and address."""

    role: Text | None = None
    number: Text | None = None
    name: Text | None = None
    name2: Text | None = None
    street: Text | None = None
    street2: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    country: Text | None = None
    region: Text | None = None


class SapDeadline(Record):
    """When something is to happen, and when it did (E1EDT13): days and times of day as SAP keeps them."""

    planned_on: Day | None = None
    planned_time: Text | None = None
    planned_end_on: Day | None = None
    planned_end_time: Text | None = None
    actual_on: Day | None = None
    actual_time: Text | None = None
    actual_end_on: Day | None = None
    actual_end_time: Text | None = None


class SapCarrier(Record):
    """The express carrier of a delivery or of one handling unit (E1EDL47, E1EDL49), and its tracking number."""

    code: Text | None = None
    account: Text | None = None
    tracking: Text | None = None


class SapOrderedItem(Record):
    """The customer's order that a delivered item is of (E1EDL41), and its line there."""

    number: Text | None = None
    dated_on: Day | None = None
    line: Text | None = None


class SapSalesItem(Record):
    """SAP's own order that a delivered item is of (E1EDL43), and its item there."""

    number: Text | None = None
    item: Text | None = None
    dated_on: Day | None = None


class SapDeliveryItem(Record):
    """A delivered item (E1EDL24): `quantity` in the sales unit, and the same in the base unit of the material."""

    position: Text | None = None
    material: Text | None = None
    description: Text | None = None
    plant: Text | None = None
    storage: Text | None = None
    batch: Text | None = None
    customer_material: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    base_quantity: Number | None = None
    base_unit: Text | None = None
    net_weight: Number | None = None
    gross_weight: Number | None = None
    weight_unit: Text | None = None
    higher_item: Text | None = None
    ean: Text | None = None
    line: Text | None = None
    expires_on: Day | None = None
    order: Text | None = None
    order_item: Text | None = None
    sales_order: SapSalesItem | None = None
    customer_order: SapOrderedItem | None = None


class SapContent(Record):
    """What a handling unit holds (E1EDL44): so many of a delivered item, or another handling unit (`unit_id`)."""

    kind: Text | None = None
    delivery: Text | None = None
    position: Text | None = None
    unit_id: Text | None = None
    quantity: Number | None = None
    unit: Text | None = None
    material: Text | None = None
    batch: Text | None = None


class SapHandlingUnit(Record):
    """A handling unit (E1EDL37): its number (EXIDV, an SSCC), weight, size, packaging material, and what it holds."""

    id: Text | None = None
    tare_weight: Number | None = None
    tare_unit: Text | None = None
    gross_weight: Number | None = None
    net_weight: Number | None = None
    weight_unit: Text | None = None
    packaging: Text | None = None
    length: Number | None = None
    width: Number | None = None
    height: Number | None = None
    size_unit: Text | None = None
    packaging_kind: Text | None = None
    second_id: Text | None = None
    id_kind: Text | None = None
    carrier: SapCarrier | None = None
    contents: tuple[SapContent, ...] = ()


class SapDelivery(Record):
    """A delivery (E1EDL20). `unit_count` is the number of handling units that stand on nothing."""

    number: Text | None = None
    shipping_point: Text | None = None
    organisation: Text | None = None
    gross_weight: Number | None = None
    net_weight: Number | None = None
    weight_unit: Text | None = None
    volume: Number | None = None
    volume_unit: Text | None = None
    unit_count: Text | None = None
    bill_of_lading: Text | None = None
    transport_kind: Text | None = None
    transport_id: Text | None = None
    slip: Text | None = None
    external_number: Text | None = None
    external_partner: Text | None = None
    partners: tuple[SapAddress, ...] = ()
    goods_issue: SapDeadline | None = None
    delivery: SapDeadline | None = None
    carrier: SapCarrier | None = None
    items: tuple[SapDeliveryItem, ...] = ()
    units: tuple[SapHandlingUnit, ...] = ()


class SapDeliveries(Record):
    """The deliveries of one IDoc, as a rule one."""

    deliveries: tuple[SapDelivery, ...] = ()
