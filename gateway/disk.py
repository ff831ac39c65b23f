"""Room beside the journal: below the low-water mark nothing is claimed, and it is a case (R20).

An inbox is the safest place for a file that cannot be finished.
"""

import shutil

from gateway.config import Config
from gateway.instance import Instance
from gateway.journal import Journal

DISK_CASE = "disk-low"


def low_on_disk(config: Config) -> str | None:
    """Why nothing should be claimed now: there is less room beside the journal than `daemon.low_water`."""
    folder = config.paths.journal.parent
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return f"nobody knows how much room there is in {folder}: {error.strerror or error}; nothing is taken in"
    if free >= config.daemon.low_water:
        return None
    return (
        f"only {free // 1_000_000} MB are free beside {config.paths.journal}: make room; nothing is taken in until then"
    )


def keep_disk_case(instance: Instance, journal: Journal) -> None:
    """A disk that fills up is a case while it does; it is opened while there is room for it."""
    low = low_on_disk(instance.config)
    known = journal.open_cases(key_prefix=DISK_CASE)
    if bool(low) == bool(known):
        return
    with journal.transaction(instance.clock()) as tx:
        for case in known:
            tx.close_case(case.id, "there is room again", "gateway")
        if low:
            tx.open_case(
                key=DISK_CASE,
                code="disk-low",
                owner="IT",
                message=low,
                remedy="remove what is not needed, or `gateway journal prune`; it goes on by itself",
                subjects=(),
            )
