"""MATMAS05: materials with their units, and how many of the base unit each of them is."""

from gateway.documents.base import Number, Record, Text


class SapUnit(Record):
    """A unit of a material (E1MARMM): `numerator` base units are `denominator` of it. `ean` is that of this unit."""

    change: Text | None = None
    code: Text | None = None
    numerator: Number | None = None
    denominator: Number | None = None
    ean: Text | None = None
    ean_kind: Text | None = None
    gross_weight: Number | None = None
    weight_unit: Text | None = None


class SapDescription(Record):
    """What a material is called in a language (E1MAKTM)."""

    change: Text | None = None
    language: Text | None = None
    text: Text | None = None
    language_iso: Text | None = None


class SapMaterial(Record):
    """A material (E1MARAM). `change` 003 deletes it, `deletion` X marks it for that; `status` is that across plants.

    `change` of a unit or a description says the same of that alone.
    """

    change: Text | None = None
    number: Text | None = None
    deletion: Text | None = None
    kind: Text | None = None
    group: Text | None = None
    base_unit: Text | None = None
    status: Text | None = None
    descriptions: tuple[SapDescription, ...] = ()
    units: tuple[SapUnit, ...] = ()


class SapMaterials(Record):
    """The materials of one IDoc, as a rule one."""

    materials: tuple[SapMaterial, ...] = ()
