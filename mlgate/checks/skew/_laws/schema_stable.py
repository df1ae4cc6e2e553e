"""Law `schema_stable`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, ClassVar

from mlgate.checks.skew._laws._law import Broken, Law, Raised, Trial
from mlgate.checks.skew._laws._table import Table, schema_difference


class SchemaStable(Law):
    """Every batch gives the same columns of the same types, and none raises: one row, no rows, a null, an unseen category.

    In production: a model reads columns by place. One level more or less in a batch, a category column that becomes text, an integer column that
    becomes text, and a request with a null or with a new category are what a service meets in its first week.
    """

    fix: ClassVar[str] = "state the output's columns, types and categories in the code, and say what a null and an unknown category become"

    def broken(self, trial: Trial) -> Broken | None:
        try:
            output = trial.output()
        except Raised as raised:
            return Broken("it raises on rows like those of the data", got=raised.error)
        for how, batch, table in _variants(trial):
            try:
                found = schema_difference(output, table())
            except Raised as raised:
                if how == "no rows" and trial.refuses_no_rows:
                    continue
                return Broken(f"it raises on {how}", got=raised.error, batch=batch)
            if found:
                return Broken(f"{found}, given {how}", batch=batch)
        return None


def _variants(trial: Trial) -> Iterator[tuple[str, Any, Callable[[], Table]]]:
    yield "no rows", None, trial.empty
    for place in trial.chosen:
        yield f"row {place + 1} alone", None, partial(trial.of, [place])
    for place in trial.chosen:
        changed = [("an unseen category", trial.with_unseen(place)), ("a null", trial.with_null_at(place))]
        held = [(how, batch) for how, batch in changed if batch is not None]
        if held:  # one of them: each costs a call
            how, batch = held[trial.turn % len(held)]
            yield f"{how} in row {place + 1}", batch, partial(trial.changed, batch)
