"""pandera schemas on rows."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.adapters.probes._pandera_findings import findings
from mlgate.adapters.probes._pandera_parts import ReadSchema, read_schema
from mlgate.adapters.probes._pandera_rows import as_pandas, as_polars, coerced
from mlgate.checks.data._schema_findings import SchemaFinding, SchemaPart
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.request import Probe


class PanderaValidation:
    """Validates rows once by a schema of pandera.pandas or pandera.polars, lazily, and says what each of its checks found.

    A probe's `args` are the schema's name `package.module:Schema`, then each column's name and stored type in turn.
    """

    marks_values = True

    def parts(self, target: str) -> tuple[SchemaPart, ...]:
        """The checks of a schema, without any data. Raises `MeasurementError` where it cannot be read."""
        return tuple(read_schema(target).parts.values())

    def columns(self, target: str, names: Sequence[str]) -> tuple[str, ...]:
        """Which of the columns there are it must see."""
        read = read_schema(target)
        if read.whole_table or any(getattr(check, "groupby", None) for column in read.schema.columns.values() for check in column.checks):
            return tuple(names)
        wanted = {name for column in read.schema.columns for name in read.matching(column, names)}
        unique = read.schema.unique or ()
        return tuple(name for name in names if name in wanted or name in ([unique] if isinstance(unique, str) else unique))

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Mapping[str, SchemaFinding]:
        """What each part found, by its name."""
        target, *pairs = (str(arg) for arg in probe.args)
        read, (frame,) = read_schema(target), frames
        stored = dict(zip(pairs[::2], pairs[1::2], strict=True))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            wanted = _types(read, tuple(frame.columns))
            rows = as_pandas(frame, stored, wanted) if read.backend == "pandas" else coerced(as_polars(frame, stored), _coercing(read, wanted))
            errors = _errors(target, read, rows)
        return findings(read, errors, tuple(frame.columns), len(frame))


def _types(read: ReadSchema, names: Sequence[str]) -> dict[str, Any]:
    if not read.schema.columns:
        return dict.fromkeys(names, read.type_of_all)
    return {name: read.type_of(column) for column in read.schema.columns for name in read.matching(column, names)}


def _coercing(read: ReadSchema, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The types of the columns that the schema coerces."""
    asked = {name for column, one in read.schema.columns.items() if one.coerce or read.schema.coerce for name in read.matching(column, tuple(wanted))}
    return {name: kind for name, kind in wanted.items() if kind is not None and (name in asked or (read.schema.coerce and not read.schema.columns))}


def _errors(target: str, read: ReadSchema, rows: Any) -> Sequence[Any]:
    """All that pandera has against the rows; its switches in the environment, which would let everything pass, are set aside."""
    from pandera.config import ValidationDepth, config_context
    from pandera.errors import SchemaError, SchemaErrors

    try:
        with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
            read.schema.validate(rows, lazy=True)
    except SchemaErrors as errors:
        return tuple(errors.schema_errors)
    except SchemaError as error:
        return (error,)
    except Exception as error:  # parsers and hooks are the user's code
        raise MeasurementError(
            f"{target} broke on the rows: {type(error).__name__}: {quoting(error)}", cause="configuration", fix="run the schema on these rows by hand"
        ) from error
    return ()
