"""A partner whose files usually come, and who has been silent for too long: a case, until a file comes.

An order that did not arrive is one that nobody answers, and nothing else here would notice it: a broken connection
looks like a quiet day.
"""

from datetime import datetime, timedelta

from gateway.config import Partner
from gateway.journal.instants import printed
from gateway.lifecycle.problems import Problem
from gateway.lifecycle.silence import Silence, silence
from gateway.pipeline.desk import Desk

_LOOKED_AT = 200  # interchanges: many visits, even where a visit brings several


def look_for_silence(desk: Desk) -> int:
    """Open a case for each partner that has become silent, close those of partners that came. How many changed."""
    return sum(_look_at(partner, desk) for partner in desk.config.partners.values())


def _look_at(partner: Partner, desk: Desk) -> bool:
    after = None if partner.silence_after == "habit" else partner.silence_after
    if partner.test and after is None:
        return False  # tests come when somebody tests
    arrivals = desk.tx.arrivals_of(partner.name, _LOOKED_AT)
    if not arrivals:
        return False  # it never came, or so much has come from others since that nothing is known any more
    known = desk.tx.cases(subject=f"partner:{partner.name}", key_prefix=_key(partner))
    is_open = [case for case in known if case.state == "open"]
    last = printed(arrivals[-1])
    came = [case for case in is_open if case.evidence["last"] != last]
    for case in came:
        desk.tx.close_case(case.id, "a file came", "gateway")
    found = silence(arrivals, after, desk.now)
    # Who was told of this silence need not hear of it again, even if he has closed the case.
    if found is None or any(case.evidence["last"] == last for case in known):
        return bool(came)
    desk.tell(_problem(partner, found, last))
    return True


def _key(partner: Partner) -> str:
    return f"partner:{partner.name}:silent"


def _problem(partner: Partner, found: Silence, last: str) -> Problem:
    if found.longest_gap is None:
        usual = f"silence_after is {_length(found.allowed)}"
    else:
        usual = f"the longest gap that was usual is {_length(found.longest_gap)}"
    return Problem(
        key=_key(partner),
        code="partner-silent",
        owner="IT",
        message=f"nothing has come from {partner.name} since {_shown(found.since)}; {usual}",
        remedy="ask the partner whether files were sent, and look whether the channel still brings them",
        subjects=(f"partner:{partner.name}",),
        evidence={"last": last},
    )


def _shown(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M")


def _length(length: timedelta) -> str:
    return f"{round(length.total_seconds() / 3600, 1):g} hours"
