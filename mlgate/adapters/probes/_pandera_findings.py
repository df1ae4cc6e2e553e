"""From pandera's errors to what each check found: how many values, and in which rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from mlgate.adapters.probes._pandera_parts import MARK, ReadSchema
from mlgate.checks.data._schema_findings import SchemaFinding
from mlgate.core.errors import MeasurementError

KEPT_PLACES = 100
SHOWN_COLUMNS = 8
_WORDS = {
    "SERIES_CONTAINS_NULLS": "not_nullable",
    "SERIES_CONTAINS_DUPLICATES": "unique",
    "DUPLICATES": "unique",
    "WRONG_DATATYPE": "dtype",
    "DATATYPE_COERCION": "dtype",
    "COLUMN_NOT_IN_SCHEMA": "strict",
    "COLUMN_NOT_ORDERED": "ordered",
    "COLUMN_NOT_IN_DATAFRAME": "present",
    "INVALID_COLUMN_NAME": "present",
}


def findings(read: ReadSchema, errors: Sequence[Any], names: Sequence[str], n_obs: int) -> dict[str, SchemaFinding]:
    """What every part found, those without an error included. `names` are the columns of the frame.

    Raises `MeasurementError` for an error that belongs to no part, because then some check would pass unjudged.
    """
    found = {name: SchemaFinding(n_obs) for name in read.parts}
    for column in read.schema.columns:
        if not read.matching(column, names):
            own = [name for name, part in read.parts.items() if part.column == column and name != read.words.get((column, "present"))]
            found.update({name: SchemaFinding(n_obs, absent=True) for name in own})
    seen: set[tuple[str, str]] = set()
    for error in errors:
        for name, column in _parts_of(read, error):
            if (name, column) in seen:
                continue  # a value that cannot be coerced is reported again as one of a wrong type
            seen.add((name, column))
            found[name] = _together(found[name], _finding(error, column, n_obs))
    return {name: _shown(read, name, one, names) for name, one in found.items()}


def _parts_of(read: ReadSchema, error: Any) -> Iterator[tuple[str, str]]:
    """Parts and actual columns that an error is about."""
    actual = _column_of(error)
    marked = getattr(error.check, MARK, None)
    if marked is not None:
        yield marked, actual if read.parts[marked].column else ""
        return
    reason = getattr(error.reason_code, "name", "")
    word, column = _WORDS.get(reason, ""), getattr(error.schema, MARK, "")
    if reason == "COLUMN_NOT_IN_DATAFRAME":
        column = actual = str(error.failure_cases)
    elif reason == "DATATYPE_COERCION" and not column and hasattr(error.failure_cases, "columns"):  # polars coerces the table at once
        for one in error.failure_cases.columns:
            declared = next((name for name in read.schema.columns if read.matching(name, [one])), "")
            yield _named(read, declared, word, error), str(one)
        return
    if reason in ("COLUMN_NOT_IN_SCHEMA", "COLUMN_NOT_ORDERED"):
        actual = str(error.failure_cases)
    yield _named(read, column, word, error), actual


def _column_of(error: Any) -> str:
    """The column in the data; the schema itself may only know a pattern of its name."""
    cases = error.failure_cases
    if "polars" in type(cases).__module__ and len(cases.columns) == 1:
        return str(cases.columns[0])
    return str(getattr(error, "column_name", None) or getattr(error.schema, "name", None) or "")


def _named(read: ReadSchema, column: str, word: str, error: Any) -> str:
    name = read.words.get((column, word)) or read.words.get(("", word))
    if name is None:
        reason = getattr(error.reason_code, "name", "an error without a reason")
        raise MeasurementError(
            f"pandera reports {reason} ({error.check}), which belongs to no check of the schema that is known here",
            cause="configuration",
            fix="run the schema on these rows by hand, and report it to mlgate",
        )
    return name


def _finding(error: Any, column: str, n_obs: int) -> SchemaFinding:
    reason = getattr(error.reason_code, "name", "")
    if reason == "CHECK_ERROR":
        return SchemaFinding(n_obs, error=str(error.failure_cases), columns=(column,) if column else ())
    broken = _broken_rows(error, n_obs)
    if broken is not None:
        return SchemaFinding(n_obs, count=broken[0], places=broken[1], columns=(column,) if column else ())
    said = {
        "WRONG_DATATYPE": f"{column} is of type {error.failure_cases}",
        "DATATYPE_COERCION": f"{column} cannot be turned into it",
        "COLUMN_NOT_IN_SCHEMA": f"also {column}",
        "COLUMN_NOT_ORDERED": f"out of order: {column}",
        "COLUMN_NOT_IN_DATAFRAME": f"no column {column}",
        "INVALID_COLUMN_NAME": "no column whose name matches",
    }
    return SchemaFinding(n_obs, count=1, whole=said.get(reason, "false for all rows together"))


def _broken_rows(error: Any, n_obs: int) -> tuple[int, tuple[int, ...]] | None:
    """How many values break a check, and the positions of the first; None where it has one answer for all rows."""
    output, cases = error.check_output, error.failure_cases
    if "polars" in type(output).__module__:
        flags = output.get_column(output.columns[0])
        broken = (~flags).fill_null(value=False).arg_true()
        return (len(broken), tuple(broken.head(KEPT_PLACES).to_list())) if len(flags) == n_obs else None
    if hasattr(output, "index") and hasattr(output, "to_numpy"):
        holds = output if output.ndim == 1 else output.all(axis=1)
        return _first(holds.index[~holds.to_numpy().astype(bool)], n_obs)
    if "pandas" in type(cases).__module__ and "index" in cases.columns:
        rows = cases["index"].drop_duplicates() if "column" in cases.columns else cases["index"]
        return None if rows.isna().all() else _first(rows, n_obs)
    return None


def _first(labels: Any, n_obs: int) -> tuple[int, tuple[int, ...]]:
    """Rows are labelled by position; where a parser of the user's has labelled them anew, they are counted and not shown."""
    first = labels[:KEPT_PLACES].tolist()
    return len(labels), tuple(row for row in first if isinstance(row, int) and 0 <= row < n_obs)


def _together(one: SchemaFinding, other: SchemaFinding) -> SchemaFinding:
    """Of several columns that one pattern matches, or several names that stand out of order."""
    if one.count == 0 and not one.error:
        return other
    whole = f"{one.whole}, {other.whole.split(' ')[-1]}" if one.whole and other.whole else one.whole or other.whole
    places = tuple(sorted({*one.places, *other.places}))[:KEPT_PLACES]
    columns = tuple(dict.fromkeys((*one.columns, *other.columns)))
    return replace(one, count=one.count + other.count, places=places, columns=columns, whole=whole, error=one.error or other.error)


def _shown(read: ReadSchema, name: str, found: SchemaFinding, names: Sequence[str]) -> SchemaFinding:
    """A check of the table shows the columns that the schema names."""
    if not found.places or found.columns:
        return replace(found, columns=tuple(one for one in found.columns if one in names))
    unique = read.schema.unique if name == read.words.get(("", "unique")) else None
    named = [unique] if isinstance(unique, str) else unique or [one for column in read.schema.columns for one in read.matching(column, names)]
    return replace(found, columns=tuple(dict.fromkeys(one for one in named if one in names))[:SHOWN_COLUMNS] or tuple(names[:SHOWN_COLUMNS]))
