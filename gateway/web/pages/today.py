"""Today: what is late, what comes next, who has what to do, what waits, and who has been heard of."""

from datetime import UTC, datetime, timedelta

from starlette.responses import Response

from gateway.checkup.machine import who_works
from gateway.journal.records import Dispatch
from gateway.queries import to_the_second
from gateway.queries.morning import in_quarantine, last_contact
from gateway.register.questions import MOST
from gateway.web.charts import sparkline
from gateway.web.screen import Screen, shows

_END_OF_TIME = datetime.max.replace(tzinfo=UTC)
_AHEAD = timedelta(hours=24)
_ROWS = 12


def today(screen: Screen) -> Response:
    """The first page of the morning."""
    register, now = screen.register, screen.now
    late, soon = register.count_due(now, now + _AHEAD)
    waiting = screen.journal.waiting(_END_OF_TIME)
    hours = register.throughput(now)
    pause = screen.journal.paused()
    return screen.page(
        "today.html",
        title="Today",
        command="status",
        late=late,
        soon=soon,
        most=MOST,
        deadlines=register.deadlines(now, _ROWS),
        owners=register.owners(now),
        standing=register.standing_still(now, _ROWS),
        documents=register.count_documents(),
        waiting=len(waiting),
        oldest=_oldest(waiting),
        quarantine=in_quarantine(screen.config),
        partners=[
            {**last_contact(screen.journal, name, now), "test": partner.test}
            for name, partner in screen.config.partners.items()
        ],
        hours=hours,
        chart=sparkline(hours),
        pause=pause,
        at_work=who_works(screen.config.paths.journal)[0] is not None,
    )


def _oldest(waiting: list[Dispatch]) -> str | None:
    return to_the_second(min(each.at for each in waiting)) if waiting else None


ADDRESSES = (shows("/", today),)
