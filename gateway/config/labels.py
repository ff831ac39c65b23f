"""What can be set about labels: from which numbers SSCCs are allotted, and how a label is printed.

An SSCC is an extension digit, the GS1 company prefix, a serial number and a check digit, 18 digits in all: the longer
the prefix, the fewer serial numbers there are (GS1 General Specifications, 2.6.1 and 3.3.1).
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, Strict

from gateway.config.values import Flag, Settings, Text

_SERIAL_AND_PREFIX = 16  # digits of an SSCC without its extension digit and its check digit


def _company_prefix(value: str) -> str:
    if not (value.isascii() and value.isdigit() and 7 <= len(value) <= 12):
        # In front of a U.P.C. company prefix of six digits stands a 0 (GS1 General Specifications, 1.4.4).
        raise ValueError(f'{value!r} is no GS1 company prefix: write its 7 to 12 digits, as in "0614141"')
    return value


Prefix = Annotated[Text, AfterValidator(_company_prefix)]


class Numbering(Settings):
    """From which numbers the SSCCs of a company are allotted."""

    gs1_prefix: Prefix | None = Field(
        None, description="The GS1 company prefix, as GS1 gave it. Left out, no SSCC is allotted."
    )
    extension_digit: Annotated[int, Strict()] = Field(
        0, ge=0, le=9, description="The first digit of each SSCC: another one where another system allots from 0."
    )
    start_at: Annotated[int, Strict()] = Field(
        1, ge=1, description="The first serial number: after a cut-over, one above the last one used."
    )

    @property
    def last(self) -> int:
        """The largest serial number that fits."""
        width = _SERIAL_AND_PREFIX - len(self.gs1_prefix or "")
        return int("9" * width)

    @property
    def series(self) -> str:
        """The name of the series in the journal."""
        return f"sscc {self.extension_digit} {self.gs1_prefix}"


class Labels(Numbering):
    """The labels of cartons and pallets: `gateway labels`."""

    allot: Flag = Field(
        False,
        description="Whether a pack that comes from the ERP without an SSCC gets one, which its ship notice tells.",
    )
    size: Literal["4x6", "a6"] = Field("4x6", description="The paper: 4 x 6 inches, or A6 (105 x 148 mm).")
    resolution: Literal[203, 300] = Field(203, description="Dots an inch of the printer, for ZPL.")
    company: Mapping[Text, Numbering] = Field(
        default_factory=dict, description="Companies with numbers of their own, a table each: [labels.company.CODE]."
    )

    def numbering_of(self, company: str | None) -> Numbering:
        """The numbers of a company (a row of locations.csv): its own, or those of all."""
        return self.company.get(company or "", self)
