"""The interchange acknowledgement of X12, the TA1 segment: whether an envelope stood. CONTRL says that by its UCI.

A TA1 is no message: it stands between ISA and IEA by itself, so no mapping knows it, and its five elements are here.
"""

from collections.abc import Sequence
from typing import Literal, Self

from gateway.documents.base import Record, Text

EnvelopeVerdict = Literal["accepted", "accepted_with_errors", "rejected"]

_CODES: dict[str, EnvelopeVerdict] = {"A": "accepted", "E": "accepted_with_errors", "R": "rejected"}
_VERDICTS = {verdict: code for code, verdict in _CODES.items()}


class InterchangeAcknowledgement(Record):
    """The verdict on one interchange, known by its control number and time.

    `date` (YYMMDD) and `time` (HHMM) are ISA09 and ISA10 as they came, digits or not: they may be what was wrong.
    `code` is the note (I18), 000 where nothing was wrong.
    """

    control_number: Text
    date: Text
    time: Text
    verdict: EnvelopeVerdict
    code: Text = "000"

    @classmethod
    def from_elements(cls, elements: Sequence[str]) -> Self:
        """The acknowledgement that TA101 to TA105 say.

        Raises ValueError where they are not five, one is empty, or TA104 is none of A, E and R (X12.5, I17).
        """
        texts = [element.strip() for element in elements]
        if len(texts) != len(cls.model_fields) or not all(texts):
            raise ValueError(f"a TA1 has {len(cls.model_fields)} elements, all filled; these are {list(elements)}")
        control_number, date, time, verdict, code = texts
        if verdict not in _CODES:
            raise ValueError(f"TA104 is {verdict!r}, expected one of {', '.join(_CODES)}")
        return cls(control_number=control_number, date=date, time=time, verdict=_CODES[verdict], code=code)

    @property
    def elements(self) -> tuple[str, ...]:
        """TA101 to TA105."""
        return self.control_number, self.date, self.time, _VERDICTS[self.verdict], self.code
