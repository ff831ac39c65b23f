"""One turn of the gateway: take everything that waits, do everything that is due, send everything that may go.

Masters come first, and a turn goes round until nothing moves, so that what arrives together is understood together. The
daemon does the same in parts, each as a job of its own: one channel that fails holds up no other, and its case closes
with the first time that it works again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from gateway.alerts import senders_of
from gateway.errors import TransportError
from gateway.instance import Instance
from gateway.intake import Intake
from gateway.journal import Transaction
from gateway.lifecycle.problems import SALES_ORDER
from gateway.logs import logger
from gateway.pipeline import Desk, orders
from gateway.pipeline.acknowledged import raise_overdue
from gateway.pipeline.alerting import raise_alerts, send_alerts
from gateway.pipeline.backlog import channel_cases, look_at_backlog, look_at_unsettled
from gateway.pipeline.courier import Pace, Posting, deliver, keep_strays, never
from gateway.pipeline.desk import ERP_CHANNEL
from gateway.pipeline.erp_outbox import go_on_held
from gateway.pipeline.remittances import raise_overdue_invoices
from gateway.pipeline.selling.charts import charts_are_news
from gateway.pipeline.selling.sellers import SELLERS_WAIT, go_on_sellers
from gateway.pipeline.silence import look_for_silence
from gateway.shores import open_intakes, waiting_at
from gateway.tally import Tally, channel_fails, channel_works


class Turn:
    """A turn over one instance. The caller holds the instance's lock."""

    def __init__(self, instance: Instance, intakes: Mapping[str, Intake[Any]] | None = None) -> None:
        """`intakes` are those of earlier turns of this process, by channel."""
        self.instance = instance
        self.tally = Tally()
        self.log = logger()
        self._intakes = intakes or {}

    def run(self) -> Tally:
        """Go round until nothing moves."""
        self._intakes = self._intakes or open_intakes(self.instance)
        while self._round():
            pass
        for name in (ERP_CHANNEL, *self.instance.channels):
            if name not in self.tally.channels_failed:
                channel_works(self.instance, name)
        self.tell_people()
        return self.tally

    def _round(self) -> bool:
        moved = False
        for name in (ERP_CHANNEL, *self.instance.channels):
            moved |= self.take(name)
        moved |= self.go_on()
        keep_strays(self.instance.journal, (ERP_CHANNEL, *self.instance.channels), self.instance.clock())
        return self.send(ERP_CHANNEL, *self.instance.channels) or moved

    def take(self, name: str, is_stopping: Callable[[], bool] = never) -> bool:
        """Take what waits at the ERP's shore or a partner's channel. Whether there was anything."""
        tally = self._intakes[name].take(self.instance, is_stopping)
        self.tally.add(tally)
        if name in self.instance.channels and self._intakes[name].shore.listed.is_known:
            self._mind_the_backlog(name, has_moved=tally.files > 0 or bool(self._intakes[name].remaining.lying))
        return tally.files > 0

    def _mind_the_backlog(self, name: str, *, has_moved: bool) -> None:
        """A channel on which much waited: what is left now is the backlog, and what never rests."""
        journal, channel = self.instance.journal, self.instance.config.channels[name]
        listed = self._intakes[name].shore.listed
        is_much = len(listed.entries) >= channel.backlog_warn or listed.size > channel.quota_size
        if not is_much and not listed.restless and not channel_cases(journal, name):
            return
        try:
            entries = waiting_at(self.instance.channels[name]) if has_moved else listed.entries
        except TransportError as error:
            channel_fails(self.instance, name, error, self.tally)
            return
        now = self.instance.clock()
        with journal.transaction(now) as tx:
            desk = self._desk(tx, now)
            look_at_backlog(desk, channel, entries)
            look_at_unsettled(desk, name, listed.restless)

    def go_on(self) -> bool:
        """Do what is due inside: deadlines, and orders that waited for masters or for something to leave."""
        now, journal = self.instance.clock(), self.instance.journal
        waits_for_answers = journal.documents(direction="out", but_type=SALES_ORDER, acknowledgement="awaited", limit=1)
        is_waiting = any(journal.open_cases(key_prefix=prefix) for prefix in (*orders.OPEN, *SELLERS_WAIT))
        is_due = waits_for_answers or is_waiting or journal.due_wakeups(now)
        if not is_due and not charts_are_news(journal, self.instance.config):
            return False
        with journal.transaction(now) as tx:
            desk = self._desk(tx, now)
            moved = raise_overdue(desk) + orders.go_on_waiting(desk) + go_on_sellers(desk)
            return moved + go_on_held(desk) > 0

    def send(self, *names: str, is_stopping: Callable[[], bool] = never) -> bool:
        """Send what may go to these channels. Whether anything arrived there."""
        instance = self.instance
        carriers = {name: Posting(instance.erp) if name == ERP_CHANNEL else instance.channels[name] for name in names}
        sent = deliver(instance.journal, carriers, instance.clock(), paces_of(instance), is_stopping)
        self.tally.delivered += sent.delivered
        self.tally.failed += len(sent.failed)
        for failed in sent.failed:
            self.log.warning("delivery.failed", said=failed)
        for name in names:
            if name in sent.stopped:
                channel_fails(instance, f"{name} (out)", sent.stopped[name], self.tally)
            else:
                channel_works(instance, f"{name} (out)")
        return sent.delivered > 0

    def tell_people(self) -> None:
        """Raise what only time brings, and alert people. Alerts come last: what opened and closed again is no news."""
        instance, now = self.instance, self.instance.clock()
        with instance.journal.transaction(now) as tx:
            desk = self._desk(tx, now)
            look_for_silence(desk)
            raise_overdue_invoices(desk)
            raise_alerts(desk)
        send_alerts(instance.journal, senders_of(instance.config, instance.journal.instance), now)

    def _desk(self, tx: Transaction, now: datetime) -> Desk:
        instance = self.instance
        return Desk(instance.config, instance.mappings, instance.catalogue, tx, now)


def paces_of(instance: Instance) -> Mapping[str, Pace]:
    """How each channel is served."""
    waits = {name: getattr(channel, "in_doubt_wait", Pace.doubt) for name, channel in instance.config.channels.items()}
    paces = {name: Pace(doubt=wait) for name, wait in waits.items()}
    return {**paces, ERP_CHANNEL: Pace(rate=instance.config.erp.rate)}
