"""A moment: a date, or a date with a time of day, exactly as precise as it came and without a zone.

Messages write local digits (X12 DTM02 and DTM03, EDIFACT 2380 with its format). Whether they named minutes, seconds or
fractions is kept, so that the echo has the same digits; which zone they mean is the guide's knowledge, not theirs.
"""

import re
from datetime import UTC, date, datetime, time, tzinfo
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from gateway.documents.base import Day, Record

_TIME_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(\d{1,2})?)?", re.ASCII)


class Moment(Record):
    """`on` is the day; `at` the time of day as ISO text ("06:15", "06:15:30", "06:15:30.25"), None where none came."""

    on: Day
    at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,2})?)?$")] | None = None

    @model_validator(mode="before")
    @classmethod
    def _a_day_alone(cls, value: Any) -> Any:
        """A bare date is a moment of day precision: formats such as EDIFACT 102 name no time."""
        return {"on": value} if isinstance(value, date) and not isinstance(value, datetime) else value

    @classmethod
    def from_digits(cls, day: str, clock: str = "") -> Self:
        """The moment that wire digits name: CCYYMMDD, and HHMM, HHMMSS or HHMMSSd[d] where a time came.

        Raises ValueError where they are no day of the calendar or no time of day.
        """
        if not (len(day) == 8 and day.isascii() and day.isdigit()):
            raise ValueError(f"{day!r} is not a date of the form CCYYMMDD")
        on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        if not clock:
            return cls(on=on)
        match = _TIME_DIGITS.fullmatch(clock)
        if match is None:
            raise ValueError(f"{clock!r} is not a time of the form HHMM, HHMMSS or HHMMSSd")
        hour, minute, second, fraction = match.groups()
        at = f"{hour}:{minute}" + (f":{second}" if second else "") + (f".{fraction}" if fraction else "")
        return cls(on=on, at=at)

    @classmethod
    def from_instant(cls, instant: datetime, zone: tzinfo, precision: Literal["day", "minute", "second"]) -> Self:
        """An instant as clocks in a zone show it; what is finer than the precision is left away, never rounded up."""
        local = instant.astimezone(zone)
        clocks = {"day": None, "minute": f"{local:%H:%M}", "second": f"{local:%H:%M:%S}"}
        return cls(on=local.date(), at=clocks[precision])

    @property
    def date_digits(self) -> str:
        """CCYYMMDD."""
        return self.on.isoformat().replace("-", "")

    @property
    def time_digits(self) -> str:
        """HHMM, HHMMSS or HHMMSSd[d], as many digits as came; empty where no time came."""
        return (self.at or "").replace(":", "").replace(".", "")

    @property
    def time(self) -> time | None:
        """The time of day as a value, None where no time came."""
        return None if self.at is None else time.fromisoformat(self.at)

    def instant(self, zone: tzinfo) -> datetime:
        """The instant (aware, UTC) this moment is in a zone; a day without a time begins at midnight there."""
        return datetime.combine(self.on, self.time or time.min, zone).astimezone(UTC)
