"""Where files come from: the ERP's shore and each partner's channel, as the intakes that a process keeps.

A patient intake looks again and again, and takes a file once it has settled; else every file is taken as it lies there.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from gateway.channels import settled, settling_erp
from gateway.config import Channel
from gateway.erp.base import Collected
from gateway.erp.files import kind_of
from gateway.instance import Instance
from gateway.intake import Intake, Listed, Shore
from gateway.pipeline import Desk, receive, shore
from gateway.pipeline.backlog import within_quota
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.pipeline.receipts import take
from gateway.rehearsal import nothing, recover
from gateway.remaining import Remaining, Sifted
from gateway.transports.base import Arrival, Entry, Later, Refusal, Transport
from gateway.underway import Left, Underway


def open_intakes(
    instance: Instance, *, patient: bool = False, beat: Callable[[], object] = nothing
) -> Mapping[str, Intake[Any]]:
    """An intake for the ERP and for each channel, knowing what of a crash must not be read again.

    `beat` is called before each file that is tried in a child. Raises JournalError, and TransportError where the note
    of a crash cannot be read.
    """
    intakes: dict[str, Intake[Any]] = {}
    for name in (ERP_CHANNEL, *instance.channels):
        underway = Underway(instance.config.paths.journal, name)
        rehearsed = _rehearse_document if name == ERP_CHANNEL else partial(_rehearse_file, name)
        recovered = recover(instance, name, underway, rehearsed, beat)
        shore_of_it = _shore_of(name, instance, recovered.remaining, patient=patient)
        intakes[name] = Intake(shore_of_it, underway, recovered)
    return intakes


def _shore_of(name: str, instance: Instance, remaining: Remaining, *, patient: bool) -> Shore[Any]:
    if name == ERP_CHANNEL:

        def wrap(transport: Transport) -> Transport:
            return Sifted(settling_erp(transport) if patient else transport, remaining)

        erp = instance.erp.around(wrap)
        return Shore(name, erp, lambda at: erp.collect(at.clock()), shore.take, lambda found: found.arrival)
    config, raw = instance.config.channels[name], instance.channels[name]
    inner = settled(config, raw) if patient else raw
    channel, listed = Sifted(inner, remaining), Listed()

    def look(at: Instance) -> Iterator[Arrival | Refusal | Later]:
        listed.is_known = False
        entries = channel.list()
        # An AS2 server keeps more beside what came; who settles files knows more than those that may be taken.
        waiting = next((each.waiting for each in (raw, inner) if hasattr(each, "waiting")), None)
        lying = (*entries, *(taken.entry for taken in remaining.lying))
        listed.note(waiting() if waiting else lying, getattr(inner, "restless", tuple)())
        yield from _fetch(config, channel, entries, at)

    return Shore(name, channel, look, take, lambda arrival: arrival, listed)


def waiting_at(channel: Transport) -> tuple[Entry, ...]:
    """What came through a channel and lies there, without what its server keeps beside. Raises TransportError."""
    waiting: Callable[[], tuple[Entry, ...]] = getattr(channel, "waiting", channel.list)
    return waiting()


def _fetch(
    config: Channel, channel: Transport, entries: tuple[Entry, ...], instance: Instance
) -> Iterator[Arrival | Refusal | Later]:
    """What a partner's channel has, within its quota, one file at a time."""
    for entry in within_quota(entries, config.quota_files, config.quota_size):
        yield channel.fetch(entry, instance.clock())


def _rehearse_file(channel: str, left: Left, desk: Desk) -> None:
    receive(Arrival(entry=left.entry, data=left.data, channel=channel, seen_at=desk.now), desk)


def _rehearse_document(left: Left, desk: Desk) -> None:
    arrival = Arrival(entry=left.entry, data=left.data, channel=ERP_CHANNEL, seen_at=desk.now)
    is_any = desk.config.erp.kind == "sap-idoc"
    if (kind := kind_of(arrival.label, any_name=is_any)) is not None:
        shore.take(Collected(kind=kind, arrival=arrival), desk)
