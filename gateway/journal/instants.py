"""Instants as the journal stores them: ISO 8601 in UTC with six decimals and Z.

The width is fixed so that the order of the texts is the order of the instants, and an index on them can be searched.
"""

from datetime import UTC, datetime


def stored(at: datetime) -> str:
    """The text for an aware instant, for example 2026-11-20T14:15:00.000000Z.

    Raises ValueError for a naive one: a time without its zone is not an instant.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def stored_or_none(at: datetime | None) -> str | None:
    """The same, where there may be none."""
    return None if at is None else stored(at)


def instant(text: str) -> datetime:
    """The aware instant that was stored."""
    return datetime.fromisoformat(text)


def instant_or_none(text: str | None) -> datetime | None:
    """The same, where there may be none."""
    return None if text is None else datetime.fromisoformat(text)


def printed(at: datetime) -> str:
    """An instant as listings show it: no decimals where there are none to show."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
