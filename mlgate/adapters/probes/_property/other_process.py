"""The task of the second child: the same rows in another process, with another seed for `hash` and in another time zone."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlgate.adapters.probes._property.calling import Caller, Watchdog, error_words
from mlgate.adapters.probes._property.search import PICKLED, RECORDS
from mlgate.adapters.probes._property.target import found
from mlgate.adapters.probes._property.telling import counterexample
from mlgate.checks.skew._laws._difference import difference
from mlgate.checks.skew._laws._law import Broken, Raised


def again(inputs: Mapping[str, Any], say: Callable[[Any], None]) -> None:
    """Says, for `deterministic` and `pickles`, how many batches were tried here and the first that gives something else, or nothing at all."""
    wanted, folder = inputs["wanted"], Path(inputs["folder"])
    target = found(wanted["of"])
    try:
        loaded = _loaded(folder / PICKLED)
    except Exception as error:  # noqa: BLE001  `__setstate__` is the user's code
        unloaded = Broken("it cannot be loaded in another process", got=error_words(error))
        say({"law": "pickles", "tried": 1, "example": counterexample(unloaded, None, wanted["library"])})
        return
    thing = loaded if loaded is not None else target.thing
    if loaded is None and target.sort == "estimator":
        return  # what was fitted cannot be brought here: `pickles` says so
    call = thing if target.sort == "function" else (getattr(thing, "transform", None) or thing.predict)
    watchdog = Watchdog(max(5.0, wanted["seconds"]), lambda _: None)
    tried, broken, batch = _first_difference(Caller(call, wanted["library"], watchdog), folder / RECORDS, time.monotonic() + wanted["seconds"])
    for law in ("deterministic", "pickles"):
        example = None if broken is None else counterexample(broken, batch, wanted["library"], kept_from=_WHY)
        say({"law": law, "tried": tried, "example": example})


_WHY = "it was found in a second process, with the fewest rows of those tried there"


def _loaded(path: Path) -> Any:
    if not path.exists():
        return None
    return pickle.loads(path.read_bytes())  # noqa: S301  written by the first process of this check


def _first_difference(caller: Caller, records: Path, ends: float) -> tuple[int, Broken | None, Any]:
    with records.open("rb") as file:
        kept = pickle.load(file)  # noqa: S301  as above
    for number, (batch, table) in enumerate(kept):
        if time.monotonic() > ends:
            return number, None, None
        try:
            broken = Broken.by(difference(table, caller(batch)), "in another process, with another hash seed and time zone")
        except Raised as raised:
            broken = Broken("it raises in another process, with another hash seed and time zone", got=raised.error)
        if broken is not None:
            return number + 1, broken, batch
    return len(kept), None, None
