"""Places on the way back: the parties of a document and the clocks of the place the goods leave.

The ERP names a place by its code, and locations.csv says what else is known of it. A row that is missing is a gap that
names it; a code that is missing is left out, for the gates to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from gateway.catalogue.gaps import Gap, gap
from gateway.catalogue.locations import Location, Role, find_location
from gateway.documents.moment import Moment
from gateway.documents.party import Party


@dataclass(frozen=True, slots=True)
class Places:
    """The locations as one partner's documents see them."""

    rows: Sequence[Location]
    partner: str

    def find(self, code: str, role: Role) -> Location | Gap:
        """The location with this code and role, or the gap that names the missing row."""
        found = find_location(self.rows, code, role, self.partner)
        return found or gap(
            "location-missing",
            None,
            f"no row of locations.csv says what {code} ({role}) is",
            f"add a row with code {code} and role {role} to locations.csv",
            code=code,
            role=role,
        )


def party_of(place: Location | Gap | None) -> Party | None:
    """A place as a party of a document, with everything that is known of it."""
    return place.party if isinstance(place, Location) else None


def clocks_of(place: Location | Gap | None, *, local_times: bool) -> tzinfo | Gap:
    """The time zone in which times are said: that of the place, or UTC where the partner does not want local ones."""
    if not local_times:
        return UTC
    code, name = (place.code, place.time_zone) if isinstance(place, Location) else ("", "")
    zone = _zone(name)
    if zone is not None:
        return zone
    message = f"its time zone {name!r} is unknown" if name else "no row of locations.csv tells its time zone"
    remedy = "fill in time_zone of {} in locations.csv, such as Europe/Berlin"
    return gap(
        "time-zone-missing",
        None,
        f"times are said as at the place the goods leave ({code or 'not named'}), and {message}",
        remedy.format(code) if code else "name ship_from in the ERP's shipment",
        code=code,
        time_zone=name,
    )


def _zone(name: str) -> tzinfo | None:
    """The zone of this name in the table of time zones, which is data like a calendar; None where it has none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # an unknown name, one that is no name at all, and a folder of names
        return None


def moment(instant: datetime | None, zone: tzinfo, precision: Literal["day", "minute"] = "minute") -> Moment | None:
    """An instant as clocks in a zone show it; None where there is none."""
    return None if instant is None else Moment.from_instant(instant, zone, precision)
