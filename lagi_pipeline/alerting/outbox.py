"""Alerts on their way: what a channel did not take is tried again at the next tick, and each channel has it once.

Who saves the outbox after ``deliver`` loses nothing: where it dies between sending and saving, an alert is sent twice,
under the same key. Bounded in length, in tries, and in what one tick sends; what is given up is told to the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pydantic import Field

from lagi_pipeline.alerting.channels import Channel, NotSentError, PartlySentError
from lagi_pipeline.alerting.model import Alert
from lagi_pipeline.catalogue.loading import Strict

MOST_ALERTS = 21
"""As many as the runs that a tick looks at make, and one of their warnings."""
MOST_TRIES = 4000
"""Nearly three days of a try a minute: a server may be down over a weekend."""
MOST_AT_ONCE = 5
"""Alerts that a channel is given in one tick."""

Say = Callable[[str], None]


class Pending(Strict):
    """An alert that some channels have not taken yet, by name, with the number of tries."""

    alert: Alert
    tries: dict[str, int] = Field(min_length=1)


class Outbox(Strict):
    """The alerts that are pending, oldest first."""

    pending: tuple[Pending, ...] = ()

    @property
    def room(self) -> int:
        """How many new alerts it takes without giving one up that no tick has tried."""
        untried = sum(not all(one.tries.values()) for one in self.pending)
        return max(0, MOST_ALERTS - untried)

    def with_alerts(self, alerts: Iterable[Alert], ways: Sequence[Channel], say: Say) -> Outbox:
        """The same with new alerts for all channels; none where there is no channel."""
        tries = {way.name: 0 for way in ways}
        new = [Pending(alert=alert, tries=tries) for alert in alerts] if tries else []
        waiting = (*self.pending, *new)
        for dropped in waiting[:-MOST_ALERTS]:
            say(f"given up, more than {MOST_ALERTS} alerts wait to be sent: {dropped.alert.subject}")
        return Outbox(pending=waiting[-MOST_ALERTS:])

    def deliver(self, ways: Sequence[Channel], say: Say) -> Outbox:
        """Send what is pending; what remains is to be tried again.

        Args:
            ways: the channels that are set up; what waits for another is dropped.
            say: told what was not sent and why.
        """
        left = {at: dict(one.tries) for at, one in enumerate(self.pending)}
        for way in ways:
            self._deliver_by(way, left, say)
        known = {way.name for way in ways}
        remaining = []
        for at, one in enumerate(self.pending):
            tries = {name: count for name, count in left[at].items() if name in known}
            if gone := sorted(left[at].keys() - known):
                say(f"given up, no longer set up ({', '.join(gone)}): {one.alert.subject}")
            if tries:
                remaining.append(Pending(alert=one.alert, tries=tries))
        return Outbox(pending=tuple(remaining))

    def _deliver_by(self, way: Channel, left: dict[int, dict[str, int]], say: Say) -> None:
        """Give a channel what it has not taken, least tried first, until it fails: what it refuses blocks nothing."""
        waiting = sorted((at for at in left if way.name in left[at]), key=lambda at: left[at][way.name])
        for at in waiting[:MOST_AT_ONCE]:
            alert = self.pending[at].alert
            try:
                way.send(alert)
            except PartlySentError as error:
                say(f"sent by {way.name}, but {error}: {alert.subject}")
            except Exception as error:  # noqa: BLE001 - what was told must be saved, however a channel fails
                left[at][way.name] += 1
                why = str(error) if isinstance(error, NotSentError) else type(error).__name__
                if left[at][way.name] < MOST_TRIES:
                    say(f"not sent by {way.name} ({why}), to be tried again: {alert.subject}")
                    return
                say(f"given up after {MOST_TRIES} tries by {way.name} ({why}): {alert.subject}")
            del left[at][way.name]
