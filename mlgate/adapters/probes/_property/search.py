"""The task of the child: searches batches that break laws."""

from __future__ import annotations

import pickle
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from mlgate.adapters.probes._property.batches import Library, labelled
from mlgate.adapters.probes._property.calling import Caller, Pickled, Watchdog
from mlgate.adapters.probes._property.hunting import Hunt, TimeUp
from mlgate.adapters.probes._property.target import Target, found
from mlgate.adapters.probes._property.telling import counterexample, told_batch
from mlgate.adapters.probes._property.trial import BatchTrial, Bench
from mlgate.checks.skew._laws._known import read
from mlgate.checks.skew._laws._law import Broken, Law, Raised, Silent
from mlgate.checks.skew._laws._table import Table
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import NUMERIC
from mlgate.strategies._described import Table as Rows
from mlgate.strategies._described import Wanted
from mlgate.strategies._like import of_pandas

RECORDS, PICKLED = "records.pickle", "callable.pickle"
MOST_RECORDS = 80
_TURNS = 4  # tried on a batch that is kept from the last time
_PERMUTED_BY = 7919
Say = Callable[[Any], None]


@dataclass
class Tally:
    """What is known about one law so far."""

    law: Law
    tried: int = 0
    broken: int = 0
    silent: int = 0
    mute: str = ""
    best: tuple[int, Broken, Any] | None = None  # size, how, batch
    last: tuple[Broken, Any] | None = None
    turn: int = 0  # of the batch that broke it first

    def told(self, library: Library, kept_from: str) -> dict[str, Any]:
        """As JSON. `kept_from` is why its counterexample may not be the smallest."""
        example = None if self.best is None else counterexample(self.best[1], self.best[2], library, kept_from=kept_from)
        return {"tried": self.tried, "broken": self.broken, "silent": self.silent, "mute": self.mute, "example": example}


@dataclass
class Searching:
    """One search under way. `wanted` are the arguments of the check."""

    wanted: Mapping[str, Any]
    bench: Bench
    laws: Sequence[Law]
    tallies: dict[str, Tally] = field(default_factory=dict)
    records: list[tuple[Any, Table]] = field(default_factory=list)
    turns: int = 0

    def __post_init__(self) -> None:
        self.tallies = {law.name(): Tally(law) for law in self.laws}

    @property
    def frame_library(self) -> Library:
        library: Library = self.wanted["library"]
        return library

    def try_all(self, batch: Any) -> None:
        """Tries a batch on every law, and keeps what was given for it."""
        trial = BatchTrial(self.bench, batch, self.turns)
        self.turns += 1
        for law in self.laws:
            self.judge(law, trial)
        if len(self.records) < MOST_RECORDS:
            rows = {None: batch, (0,): batch.iloc[:1]}
            self.records += [(rows[key], table) for key, table in trial.outputs.items() if key in rows and isinstance(table, Table)]

    def breaks(self, law: Law, turns: Sequence[int], batch: Any) -> bool:
        """Whether a batch breaks a law, at one of these turns."""
        return any(self.judge(law, BatchTrial(self.bench, batch, turn, shrinking=True), counted=False) for turn in turns)

    def judge(self, law: Law, trial: BatchTrial, *, counted: bool = True) -> bool:
        """Tries one law. Where the callable raises, that breaks `schema_stable`; where nobody asked for that, whatever law met it."""
        tally = self.tallies[law.name()]
        try:
            broken = law.broken(trial)
        except Silent:
            tally.silent += counted
            return False
        except Raised as raised:
            if "schema_stable" in self.tallies and law.name() != "schema_stable":
                tally.silent, tally.mute = tally.silent + counted, raised.error
                return False
            broken = Broken("it raises on rows like those of the data", got=raised.error, batch=raised.batch)
        tally.tried += counted
        if broken is not None:
            tally.turn = tally.turn if tally.broken else trial.turn
            tally.broken += counted
            tally.last = broken, trial.batch
            size = _size(trial.batch)
            if tally.best is None or size < tally.best[0]:
                tally.best = size, broken, trial.batch
        return broken is not None


@dataclass(frozen=True)
class Tried:
    """A search whose batches are all tried: how many in how many seconds, `trouble` with it, and the laws that were broken by what is kept."""

    searching: Searching
    hunt: Hunt
    examples: int
    seconds: float
    trouble: Sequence[str]
    replayed: Sequence[str]


def search(inputs: Mapping[str, Any], say: Say) -> None:
    """Searches, and says what it found: how far it came, then one finding for each law.

    `inputs` hold `wanted` (the arguments of the check), `like` and `fit` (frames or None), `label` (the values of the label beside `fit`), `trace`
    (True where each batch is told before it is tried).
    """
    done = tried(inputs, say)
    say({"progress": {"examples": done.examples, "seconds": done.seconds, "trouble": done.trouble}})
    tallies, library = done.searching.tallies, done.searching.frame_library
    for name, tally in tallies.items():  # at once: making examples small may take the process down
        say({"law": name, "finding": tally.told(library, "the process ended before it was made smaller")})
    for name, tally in tallies.items():
        if tally.best is not None:
            say({"law": name, "finding": tally.told(library, _made_small(done, tally))})


def tried(inputs: Mapping[str, Any], say: Say) -> Tried:
    """Tries what broke laws the last time, then the batches of this search."""
    wanted = inputs["wanted"]
    laws = [read(one) for one in wanted["laws"]]
    target, refitted = _fitted(found(wanted["of"]), inputs, any(law.name() == "fit_independent" for law in laws))
    say({"subject": target.words})
    searching = Searching(wanted, _bench(target, refitted, inputs, say), laws)
    hunt = Hunt(strategy(wanted, inputs["like"]), wanted["seed"], wanted["check"], stored=wanted["stored"])
    replayed = _replayed(searching, hunt)
    started = time.monotonic()
    made, trouble = hunt.all(searching.try_all, wanted["examples"], started + wanted["seconds"])
    seconds = time.monotonic() - started
    _keep_records(searching, Path(inputs["folder"]))
    return Tried(searching, hunt, made, seconds, trouble, replayed)


def strategy(wanted: Mapping[str, Any], like: Any) -> Any:
    """Batches of one row or more, as the check describes them. Raises `MeasurementError`."""
    from mlgate.strategies import frames
    from mlgate.strategies._frames import made

    most = wanted["max_rows"]
    if like is not None:
        found = made(_never_negative(of_pandas(like)), Wanted(min_rows=1, max_rows=most), "pandas")
    elif wanted["columns"] is not None:
        found = frames(columns=wanted["columns"], library="pandas", min_rows=1, max_rows=most)
    else:
        found = frames(schema=wanted["schema"], library="pandas", min_rows=1, max_rows=most)
    return found.map(labelled)


def _never_negative(rows: Rows) -> Rows:
    """What never was negative (a distance, a count) does not become so: code may rely on that, and other data is another check's business."""
    columns = [replace(one, low=0) if one.type in NUMERIC and one.low is None and one.around and one.around[0] >= 0 else one for one in rows.columns]
    return replace(rows, columns=tuple(columns))


def _fitted(target: Target, inputs: Mapping[str, Any], again: bool) -> tuple[Target, Target | None]:
    """The target ready to be called, and fitted once more on the same rows in another order."""
    from mlgate.adapters.probes._property.batches import handed

    rows, label, library = inputs["fit"], inputs["label"], inputs["wanted"]["library"]
    if target.sort == "function":
        return target, None
    if rows is None or not len(rows):
        what = f"{target.words} must be fitted, and there are no rows to fit it on"
        raise MeasurementError(what, cause="configuration", fix="add `fit: <dataset>`")
    ready = target.fitted(handed(rows, library), label)
    if not again:
        return ready, None
    order = list(range(len(rows)))
    random.Random(_PERMUTED_BY).shuffle(order)  # noqa: S311  an order, no secret
    return ready, target.fitted(handed(rows.iloc[order], library), None if label is None else label.iloc[order])


def _bench(target: Target, refitted: Target | None, inputs: Mapping[str, Any], say: Say) -> Bench:
    wanted = inputs["wanted"]
    library, limit = wanted["library"], max(5.0, wanted["seconds"])
    watchdog = Watchdog(limit, lambda batch: say({"hangs": told_batch(batch, library), "seconds": limit}))
    trace = (lambda batch: say({"trying": told_batch(batch, library)})) if inputs["trace"] else None
    other = None if refitted is None else Caller(refitted.call, library, watchdog, trace)
    pickled = Pickled(target.thing, Path(inputs["folder"]) / PICKLED)
    return Bench(target, Caller(target.call, library, watchdog, trace), pickled, other, wanted["time"])


def _replayed(searching: Searching, hunt: Hunt) -> list[str]:
    """The laws that are broken by what broke them the last time: tried first, and counted like the others."""
    broken = [law.name() for law in searching.laws if hunt.replayed(law.name(), partial(searching.breaks, law, range(_TURNS)))]
    for name in broken:
        searching.tallies[name].tried += 1
        searching.tallies[name].broken += 1
    return broken


def _made_small(done: Tried, tally: Tally) -> str:
    """Makes the counterexample of a broken law as small as it goes. Gives what stood in the way, empty where nothing did."""
    wanted, name = done.searching.wanted, tally.law.name()
    turns = (tally.turn,) if name not in done.replayed else range(_TURNS)
    try:
        again = done.hunt.smallest(
            name, partial(done.searching.breaks, tally.law, turns), wanted["examples"], time.monotonic() + wanted["seconds"] / 2
        )
    except TimeUp:
        return "there was no time to make it smaller"
    if again and tally.last is not None and tally.best is not None:
        tally.best = tally.best[0], *tally.last  # hypothesis ends with the smallest one: the plainest rows, not the fewest characters
    return "" if again or name in done.replayed else "it did not break the law each time: what it gives depends on what it was asked before"


def _keep_records(searching: Searching, folder: Path) -> None:
    """For the other process: what was given for which rows, the fewest rows first."""
    records = sorted(searching.records, key=lambda record: len(record[0]))
    with (folder / RECORDS).open("wb") as file:
        pickle.dump(records, file, protocol=pickle.HIGHEST_PROTOCOL)


def _size(batch: Any) -> int:
    """Rows first, then what it takes to write the cells down."""
    return len(batch) * 1_000_000 + min(999_999, sum(len(repr(value)) for name in batch.columns for value in batch[name].tolist()))
