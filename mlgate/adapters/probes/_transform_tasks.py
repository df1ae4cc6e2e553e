"""What the child process of `transform_parity` does: both sides on real rows, or a search for rows on which they differ."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.adapters.probes._pandera_rows import as_polars
from mlgate.adapters.probes._seeded import seeded
from mlgate.adapters.probes._transform_compare import Difference, Precision, Sides, difference, shown
from mlgate.adapters.probes._transform_endpoint import Unsent
from mlgate.adapters.probes._transform_sides import Given, Side, Watchdog, function_of, targets
from mlgate.checks.skew._tolerance import Tolerance
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell, quoting

Say = Callable[[Any], None]
Tell = Callable[[Mapping[str, Any]], None]
_PLACES = 100  # positions of differing rows that are kept
_EXAMPLES = 20  # and of those said in words
_WIDE = 8  # a table with more columns is turned around


@dataclass(frozen=True)
class Found:
    """How two sides differ on some rows: `why` holds no value, `lines` hold them, marked."""

    why: str
    lines: tuple[str, ...] = ()
    difference: Difference | None = None


class Silent(Exception):  # noqa: N818
    """Both sides raise: nothing can be compared."""


@dataclass(frozen=True)
class Pair:
    """Both sides and how they are compared; `columns` are the inputs that any value may come from."""

    of: Side
    against: Side
    precision: Precision
    columns: tuple[str, ...]

    @property
    def sides(self) -> Sides:
        return Sides(self.of.name, self.against.name, self.columns, tuple(self.precision.outputs or ()))

    def compared(self, one: Given, other: Given) -> Found | None:
        """None where both gave the same. Raises `Silent`."""
        if one.raised and other.raised:
            raise Silent(f"{one.broke}: {one.error}")
        for side, given, beside in ((self.of, one, other), (self.against, other, one)):
            if given.broke:
                calm = "" if beside.broke else f", where {(self.against if side is self.of else self.of).name} gives rows"
                said = (f"{side.name} said: {quoting(given.error, self.columns)}",) if given.error else ()
                return Found(f"{side.name} {given.broke}{calm}", said)
        assert one.output is not None
        assert other.output is not None
        if one.output.rows == 0 and other.output.rows == 0 and not one.output.names:
            return None
        found = difference(one.output, other.output, self.precision, self.sides)
        if found is None or found.why:
            return None if found is None else Found(found.why)
        return Found(f"{self.sides.listed(found.columns)} differ{'s' if len(found.columns) == 1 else ''}", difference=found)

    def values(self, found: Difference, place: int) -> str:
        """What both sides give for a row, for the outputs that differ there."""
        parts = [
            f"{self.sides.output(name)} is {self._value(found.one[name][place])} of {self.of.name}, "
            f"{self._value(found.other[name][place])} of {self.against.name}"
            for name, mask in found.columns.items()
            if mask[place]
        ]
        return f"row {place + 1}: {'; '.join(parts[:5])}{f'; and {len(parts) - 5} more' if len(parts) > 5 else ''}"

    def _value(self, value: Any) -> str:
        return cell(self.columns, shown(value))


def tried(inputs: Mapping[str, Any], say: Say) -> None:
    """Each law in turn; one that cannot be tried is answered by its error."""
    asked = inputs["asked"]
    for law in inputs["laws"]:

        def told(found: Mapping[str, Any], law: str = law) -> None:
            say({"law": law, "found": found})

        try:
            if law == "rows":
                on_rows(asked, inputs["rows"], told)
            else:
                searched(asked, law, inputs["seeds"], told)
        except MeasurementError as error:
            told({"error": error.what, "cause": error.cause, "fix": error.fix})


def on_rows(asked: Mapping[str, Any], frame: Any, tell: Tell) -> None:
    """Both sides on all rows of a dataset."""
    import numpy as np

    def stuck(side: str, _: Any) -> None:
        what = f"{side} did not return within {asked['timeout']:.0f} s on {len(frame):,} rows"
        fix = "call it on these rows by hand; `timeout` sets how long it may take, `rows` how many rows it gets"
        tell({"error": what, "cause": "infrastructure", "fix": fix})

    names = tuple(map(str, frame.columns))
    makers = {"pandas": lambda rows: rows, "polars": lambda rows: as_polars(rows, asked["stored"])}
    pair = _pair(asked, names, makers, Watchdog(asked["timeout"], stuck))
    count = len(frame)
    if not count:
        tell({"n_obs": 0})
        return
    try:
        found = pair.compared(pair.of.on_all(frame), pair.against.on_all(frame))
    except Unsent as unsent:
        raise unsent.error from unsent
    except Silent as silent:
        what = f"{pair.of.name} and {pair.against.name} both raise on the rows: {quoting(silent, names)}"
        raise MeasurementError(what, cause="configuration", fix="call both by hand on these rows") from silent
    if found is None:
        tell({"n_obs": count, "columns": []})
        return
    if found.difference is None:
        tell({"n_obs": count, "mismatched": count, "columns": [], "whole": found.why, "examples": list(found.lines)})
        return
    rows = found.difference.rows(len(next(iter(found.difference.columns.values()))))
    places = [int(place) for place in np.flatnonzero(rows)[:_PLACES]]
    columns = sorted(((pair.sides.output(name), int(mask.sum())) for name, mask in found.difference.columns.items()), key=lambda one: -one[1])
    lines = [pair.values(found.difference, place) for place in places[:_EXAMPLES]]
    aligned = len(rows) == count
    tell({"n_obs": count, "mismatched": int(rows.sum()), "columns": columns, "places": places if aligned else [], "examples": lines})


def _pair(asked: Mapping[str, Any], names: tuple[str, ...], makers: Mapping[str, Callable[[Any], Any]], watchdog: Watchdog) -> Pair:
    outputs = asked.get("outputs")
    tolerance = Tolerance.model_validate(asked.get("tolerance", {}))
    each = None if outputs is None else dict.fromkeys(outputs, tolerance)
    if isinstance(outputs, dict):
        each = {name: Tolerance.model_validate(one) for name, one in outputs.items()}
    named = Sides(*targets(asked), names, tuple(outputs or ()))
    sides = []
    for word, name in zip(("of", "against"), targets(asked), strict=True):
        takes_row = word in asked.get("takes_row", ())
        library = "pandas" if takes_row else asked["library"][word]
        sides.append(Side(name, function_of(asked[word]), takes_row, makers[library], names, watchdog, named.listed, library))
    return Pair(sides[0], sides[1], Precision(tolerance, each, asked["ordered"]), names)


class _TimeUp(BaseException):
    """Ends a search from within. No Exception: hypothesis must not take it for a failure of the code under test."""


class _Halt(BaseException):
    """Ends a search by an error of the check. No Exception, for the same reason."""

    def __init__(self, error: MeasurementError) -> None:
        super().__init__(error.what)
        self.error = error


class _Search:
    """One search: what was tried, and the smallest rows on which the sides differ."""

    def __init__(self, asked: Mapping[str, Any], law: str, tell: Tell) -> None:
        self._asked, self._law, self._tell = asked, law, tell
        self._ends = time.monotonic() + asked["seconds"]
        self._shrinking = False
        self.compared = self.raised = 0
        self.best: Any = None
        self.pair: Pair | None = None

    def differs(self, rows: Any) -> bool:
        """Whether the sides differ on these rows: the condition of the search."""
        if time.monotonic() > self._ends:
            raise _TimeUp
        try:
            found = self.found(rows)
        except Silent:
            self.raised += not self._shrinking
            return False
        except Unsent:
            return False
        except MeasurementError as error:
            raise _Halt(error) from error
        self.compared += not self._shrinking
        if found is None:
            return False
        if not self._shrinking:
            self._shrinking, self._ends = True, time.monotonic() + self._asked["seconds"] / 2
        if self.best is None or _size(rows) <= _size(self.best):
            self.best = rows
        return True

    def found(self, rows: Sequence[Any]) -> Found | None:
        """How the sides differ on these rows."""
        pair = self.pair
        assert pair is not None
        if self._law == "search":
            return pair.compared(pair.of.on_all(rows), pair.against.on_all(rows))
        return pair.compared(pair.of.on_single(rows), pair.against.on_all(rows))

    def stuck(self, side: str, rows: Any) -> None:
        """Says that a side does not come back."""
        why = f"{side} did not return within {self._asked['seconds']:g} s"
        found = {"compared": self.compared, "raised": self.raised, "why": why, "details": list(self.lines(rows)), "ended": "the search ended there"}
        self._tell(found)

    def lines(self, rows: Sequence[Any]) -> tuple[str, ...]:
        """The rows as a table and as code."""
        from mlgate.strategies import as_code

        pair = self.pair
        assert pair is not None
        side = pair.against if pair.of.takes_row and not pair.against.takes_row else pair.of
        code = quoting(f"@example({as_code(side.frame_of(rows))})", pair.columns)
        return (*table(pair.columns, rows), code)


def table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """Rows as lines; of many columns, each is a line."""
    if not rows:
        return ("no rows, with the columns " + ", ".join(names),)
    marked = [[cell(name, shown(value)) for name, value in zip(names, row, strict=True)] for row in rows]
    if len(names) <= _WIDE:
        return (" | ".join(names), *(" | ".join(row) for row in marked))
    head = " | ".join(["column", *(f"row {number + 1}" for number in range(len(rows)))])
    return (head, *(" | ".join([name, *(row[place] for row in marked)]) for place, name in enumerate(names)))


def _size(rows: Sequence[Sequence[Any]]) -> tuple[int, int]:
    return len(rows), sum(len(str(value)) for row in rows for value in row)


def searched(asked: Mapping[str, Any], law: str, seeds: Any, tell: Tell) -> None:
    """A search for rows on which the sides differ, all rows at once (`search`) or one at a time against all at once (`row_by_row`)."""
    from hypothesis import find, settings
    from hypothesis.errors import Flaky, NoSuchExample, Unsatisfiable

    from mlgate.strategies._build import builder

    described = _table(asked, seeds)
    names = tuple(str(column.name) for column in described.columns)
    search = _Search(asked, law, tell)
    makers = {library: builder(described, library) for library in {"pandas", *asked["library"].values()}}
    search.pair = _pair(asked, names, makers, Watchdog(max(asked["seconds"], 1.0), search.stuck))
    database = settings.default.database if settings.default is not None else None
    key = hashlib.sha256("/".join(("mlgate", asked["check"], law, asked["of"], asked["against"], *asked.get("features", ()))).encode()).digest()
    known = database is not None and any(True for _ in database.fetch(key))
    own = settings(max_examples=asked["examples"], deadline=None, database=database, derandomize=False, print_blob=False)
    ended, rows = "", None
    try:
        with seeded(asked["seed"]):
            rows = find(_strategy(asked, law, described), search.differs, settings=own, database_key=key)
    except NoSuchExample:
        pass
    except Unsatisfiable:
        ended = "hardly any made-up rows satisfy the description"
    except _TimeUp:
        rows = search.best
        ended = f"the time of {asked['seconds']:g} s was up" if rows is None else "the time for making it smaller was up"
    except _Halt as halt:
        raise halt.error from halt
    except Flaky:
        rows, ended = search.best, "one side does not always give the same"
    tell({"compared": search.compared, "raised": search.raised, "ended": ended, **_shown(search, rows, replayed=known)})


def _shown(search: _Search, rows: Any, *, replayed: bool) -> Mapping[str, Any]:
    if rows is None:
        return {}
    pair = search.pair
    assert pair is not None
    try:
        found = search.found(rows)
    except Silent:
        found = None
    if found is None:
        return {"why": "the sides differed and then did not: one of them does not always give the same", "details": list(search.lines(rows))}
    lines = list(found.lines)
    if found.difference is not None:
        differing = found.difference.rows(len(next(iter(found.difference.columns.values()))))
        lines += [pair.values(found.difference, int(place)) for place in differing.nonzero()[0][:3]]
    again = ["tried first, because an earlier run found it"] if replayed and search.compared + search.raised <= 1 else []
    return {"why": found.why, "details": [*search.lines(rows)[:-1], *lines, search.lines(rows)[-1], *again]}


def _strategy(asked: Mapping[str, Any], law: str, described: Any) -> Any:
    from mlgate.strategies._build import builder
    from mlgate.strategies._described import Wanted
    from mlgate.strategies._rows import rows_of

    without = asked.get("without", ())
    free = True if asked.get("columns") is None and asked.get("schema") is None else None
    wanted = Wanted(
        min_rows=1 if law == "row_by_row" or "empty" in without else 0,
        nulls=False if "nulls" in without else free,
        unseen=False if "unseen" in without else free,
        extreme=False if "extreme" in without else free,
    )
    found = rows_of(described, wanted)
    valid = described.valid
    if valid is None:
        return found
    build = builder(described, described.frame_library)
    return found.filter(lambda rows: valid(build(rows)))


def _table(asked: Mapping[str, Any], frame: Any) -> Any:
    """What the made-up rows are like."""
    from dataclasses import replace

    from mlgate.strategies._contract import of_contracts
    from mlgate.strategies._like import of_pandas
    from mlgate.strategies._schema import of_schema

    if asked.get("columns") is not None:
        return of_contracts(asked["columns"])
    if asked.get("schema") is not None:
        from mlgate.adapters.probes._pandera_parts import imported_schema

        return of_schema(imported_schema(asked["schema"]))
    found, key = of_pandas(frame), tuple(asked["key"])
    columns = tuple(replace(one, unique=key == (one.name,)) for one in found.columns)
    return replace(found, columns=columns, together=(key,) if len(key) > 1 else ())
