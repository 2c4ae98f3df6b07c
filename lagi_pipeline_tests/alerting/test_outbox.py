"""Alerts on their way: each channel has each alert once, whenever it is up; nothing grows without bound."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from lagi_pipeline.alerting.channels import NotSentError, PartlySentError
from lagi_pipeline.alerting.model import Alert, Kind
from lagi_pipeline.alerting.outbox import MOST_ALERTS, MOST_AT_ONCE, MOST_TRIES, Outbox, Pending
from lagi_pipeline.alerting.told import MOST_KEYS, Told


@dataclass
class Way:
    """A channel that is up or down, or refuses some alerts for ever."""

    name: str
    up: bool = True
    refused: set[str] = field(default_factory=set)
    sent: list[str] = field(default_factory=list)

    def send(self, alert: Alert) -> None:
        if not self.up or alert.key in self.refused:
            raise NotSentError("down")
        self.sent.append(alert.key)


def alert(key: str) -> Alert:
    return Alert(key=key, kind=Kind.RUN, severe=True, subject=f"alert {key}", text="x", facts={})


@given(ticks=st.lists(st.tuples(st.integers(0, 3), st.booleans(), st.booleans()), max_size=12))
def test_each_channel_has_each_alert_once_however_servers_come_and_go(ticks: list[tuple[int, bool, bool]]) -> None:
    mail, hook = Way("mail"), Way("webhook")
    outbox, keys, said = Outbox(), [], list[str]()
    for new, mail.up, hook.up in ticks:
        fresh = [f"{len(keys) + at}" for at in range(new)]
        keys += fresh
        outbox = Outbox.model_validate_json(
            outbox.with_alerts(map(alert, fresh), [mail, hook], said.append)
            .deliver([mail, hook], said.append)
            .model_dump_json()
        )
    mail.up = hook.up = True
    for _ in range(MOST_ALERTS):
        outbox = outbox.deliver([mail, hook], said.append)
    assert outbox == Outbox()
    given_up = sum(words.startswith("given up") for words in said)
    for way in (mail, hook):
        assert len(way.sent) == len(set(way.sent))
        assert set(way.sent) <= set(keys)
        assert len(way.sent) >= len(keys) - given_up


def test_a_channel_that_is_down_is_tried_once_a_tick_and_said() -> None:
    said: list[str] = []
    way = Way("mail", up=False)
    outbox = Outbox().with_alerts(map(alert, "abc"), [way], said.append)
    after = outbox.deliver([way], said.append)
    assert said == ["not sent by mail (down), to be tried again: alert a"]
    assert len(after.pending) == 3


def test_a_channel_that_fails_in_a_way_nobody_thought_of_loses_nothing_of_the_others() -> None:
    class Broken(Way):
        def send(self, alert: Alert) -> None:
            raise LookupError(f"s3cret {alert.key}")

    said: list[str] = []
    mail, hook = Way("mail"), Broken("webhook")
    outbox = Outbox().with_alerts([alert("a")], [mail, hook], said.append).deliver([mail, hook], said.append)
    assert mail.sent == ["a"]
    assert outbox.pending[0].tries == {"webhook": 1}
    assert said == ["not sent by webhook (LookupError), to be tried again: alert a"]


def test_there_is_room_for_as_many_as_have_been_tried_or_sent() -> None:
    way = Way("mail", up=False)
    outbox = Outbox().with_alerts(map(alert, "abc"), [way], print)
    assert outbox.room == MOST_ALERTS - 3
    assert outbox.deliver([way], print).room == MOST_ALERTS - 2


def test_what_a_server_refuses_for_ever_keeps_nothing_else_from_going() -> None:
    said: list[str] = []
    way = Way("mail", refused={"a"})
    outbox = Outbox().with_alerts(map(alert, "abc"), [way], said.append)
    for _ in range(3):
        outbox = outbox.deliver([way], said.append)
    assert way.sent == ["b", "c"]
    assert [one.alert.key for one in outbox.pending] == ["a"]


def test_an_alert_is_given_up_in_words_after_many_tries() -> None:
    said: list[str] = []
    outbox = Outbox(pending=(Pending(alert=alert("a"), tries={"mail": MOST_TRIES - 1}),))
    assert outbox.deliver([Way("mail", up=False)], said.append) == Outbox()
    assert said == [f"given up after {MOST_TRIES} tries by mail (down): alert a"]


def test_more_alerts_than_can_wait_are_given_up_in_words_oldest_first() -> None:
    said: list[str] = []
    way = Way("mail", up=False)
    outbox = Outbox().with_alerts([alert(str(at)) for at in range(MOST_ALERTS + 2)], [way], said.append)
    assert outbox.pending[0].alert.key == "2"
    assert [words.rpartition(" ")[2] for words in said] == ["0", "1"]


def test_one_tick_sends_a_few_and_the_next_the_rest() -> None:
    way = Way("mail")
    outbox = Outbox().with_alerts([alert(str(at)) for at in range(MOST_AT_ONCE + 1)], [way], print)
    outbox = outbox.deliver([way], print)
    assert len(way.sent) == MOST_AT_ONCE
    assert outbox.deliver([way], print) == Outbox()


def test_an_alert_that_some_addresses_have_is_not_sent_again() -> None:
    class Partly(Way):
        def send(self, alert: Alert) -> None:
            super().send(alert)
            raise PartlySentError("1 of 2 addresses were refused")

    said: list[str] = []
    way = Partly("mail")
    assert Outbox().with_alerts([alert("a")], [way], said.append).deliver([way], said.append) == Outbox()
    assert said == ["sent by mail, but 1 of 2 addresses were refused: alert a"]


def test_what_waits_for_a_channel_that_is_gone_is_given_up_in_words() -> None:
    said: list[str] = []
    outbox = Outbox().with_alerts([alert("a")], [Way("mail"), Way("webhook")], said.append)
    hook = Way("webhook")
    assert outbox.deliver([hook], said.append) == Outbox()
    assert hook.sent == ["a"]
    assert said == ["given up, no longer set up (mail): alert a"]


def test_what_was_told_is_bounded_and_forgotten_when_it_is_good_again() -> None:
    told = Told()
    for at in range(MOST_KEYS + 5):
        told = told.with_told(("step", str(at)))
    assert len(told.keys) == MOST_KEYS
    assert told.is_news(("step", "4"))
    assert not told.is_news(("step", "5"))
    assert told.without(lambda key: key[0] == "step") == Told()
