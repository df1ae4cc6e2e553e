import threading

import pytest

from mlgate.run import watch as watch_module
from mlgate.run.watch import Pace, TookTooLongError, Watch, duration_words


class Engine:
    """Works until it is interrupted; deaf to the first few interrupts, or to all of them."""

    def __init__(self, deaf=0):
        self.stopped, self.heard, self.deaf = threading.Event(), 0, deaf
        self.freed = threading.Event()

    def work(self):
        self.stopped.wait()
        self.freed.set()
        raise RuntimeError("Interrupted")

    def done(self):
        return 0.25

    def interrupt(self):
        self.heard += 1
        if self.heard > self.deaf:
            self.stopped.set()


class Unwatched:
    """An engine that offers neither."""


def test_what_ends_in_time_gives_its_answer_or_raises_its_error():
    watch = Watch(60)
    assert watch.over(Engine(), lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        watch.over(Engine(), lambda: 1 / 0)


@pytest.mark.parametrize("deaf", [0, 3])
def test_what_takes_too_long_is_interrupted_until_it_stops(deaf):
    engine = Engine(deaf)
    with pytest.raises(TookTooLongError, match="time-out") as caught:
        Watch(0.01).over(engine, engine.work)
    assert engine.freed.is_set()
    assert (caught.value.cause, engine.heard > deaf) == ("infrastructure", True)
    assert "policy" in caught.value.fix


def test_an_engine_that_does_not_stop_is_asked_nothing_more(monkeypatch):
    monkeypatch.setattr(watch_module, "PATIENCE_S", 0.05)
    engine, watch = Engine(deaf=10**9), Watch(0.01)
    with pytest.raises(TookTooLongError, match="does not stop"):
        watch.over(engine, engine.work)
    assert watch.is_stuck(engine)
    with pytest.raises(TookTooLongError, match="does not stop"):
        watch.over(engine, lambda: pytest.fail("asked again"))
    assert watch.over(Engine(), lambda: "another engine") == "another engine"
    engine.stopped.set()


def test_an_interrupt_of_the_user_stops_the_engine_before_it_goes_on():
    engine = Engine()

    def look(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watch(60).over(engine, engine.work, look=look)
    assert engine.freed.is_set()


def test_an_engine_that_cannot_be_interrupted_works_where_it_is_called():
    assert Watch(60).over(Unwatched(), threading.current_thread) is threading.current_thread()


def test_the_pace_is_said_in_shares_with_the_time_left_only_where_it_is_known(monkeypatch):
    said, now = [], [0.0]
    monkeypatch.setattr(watch_module.time, "monotonic", lambda: now[0])
    pace = Pace("scanning current", 2, said.append)
    for second, share in ((0.5, None), (3, None), (4, 0.008), (5, 0.5), (6, 0.4)):
        now[0] = second
        pace.look(share)
    pace.answered()
    now[0] = 10
    pace.look(None)
    assert said == [
        "scanning current",
        "scanning current: 0 s",
        "scanning current: 3 s",
        "scanning current: 4 s",
        "scanning current: 25 %, about 15 s left",
        "scanning current: 25 %, about 18 s left",
        "scanning current: 50 %, about 10 s left",
    ]


@pytest.mark.parametrize(("seconds", "words"), [(0, "0 s"), (0.2, "0.2 s"), (59.6, "60 s"), (300, "5 min"), (5400, "90 min"), (9000, "2.5 h")])
def test_durations_are_said_in_the_unit_that_fits(seconds, words):
    assert duration_words(seconds) == words


@pytest.mark.parametrize("begun", [True, False])
def test_an_interrupt_while_the_thread_starts_leaves_the_engine_free(monkeypatch, begun):
    engine, really = Engine(), threading.Thread.start

    def start(thread):
        if begun:
            really(thread)
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Thread, "start", start)
    with pytest.raises(KeyboardInterrupt):
        Watch(60).over(engine, engine.work)
    # either the thread worked and was stopped, or it was kept from ever beginning
    assert engine.freed.is_set() or engine.heard == 0
