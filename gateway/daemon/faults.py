"""The case of a job that fails again and again by a fault that no waiting mends: somebody must hear of it."""

from datetime import datetime

from gateway.journal import Journal

_REMEDY = "correct what the message names; if that is nothing of yours, report it with the log line of the same time"


def keep_job_case(journal: Journal, now: datetime, name: str, said: str | None) -> None:
    """Open the case of the job of this name, saying how it fails; where `said` is None it works again, so close it.

    Raises JournalError or Busy.
    """
    key = f"job-failed:{name}"
    known = journal.open_case_of(key)
    if said is None and known is None:
        return
    with journal.transaction(now) as tx:
        if known is not None and said is None:
            tx.close_case(known.id, "the job works again", "gateway")
        else:
            message = f"the job {name} of the daemon cannot do its work: {said}"
            tx.open_case(key=key, code="job-failed", owner="IT", message=message, remedy=_REMEDY)
