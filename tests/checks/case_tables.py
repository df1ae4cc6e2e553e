"""Case tables: input tables as columns, one check, what must come out. A table `cases/<kind>.yaml` holds the cases of one kind.

A table is a mapping from column to values, or to `{type: timestamp, values: [..]}`; `_repeat: 100` writes its rows a hundred times, and
`_numbered: id` adds a column that numbers them.
`datasets` and `models` add keys to their declarations (`predictions` names a table), `keyed: true` gives every dataset the key `id`.
`expected` is an outcome of the only item, a mapping from item to outcome, or REFUSED for a check that the loader must not accept;
`words` must all stand in what the worst item says.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

FOLDER = Path(__file__).parent / "cases"
_TYPES = {
    "timestamp": pa.timestamp("us"),
    "zoned": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
    "float": pa.float64(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(10, 2),
    "string": pa.string(),
    "boolean": pa.bool_(),
    "time": pa.time64("us"),
    "list": pa.list_(pa.int64()),
    "struct": pa.struct({"zip": pa.string()}),
}


@dataclass(frozen=True)
class Case:
    """One row of a case table."""

    kind: str
    name: str
    spec: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"

    def write(self, folder: Path) -> Path:
        """Writes the tables and the gate file, returns the gate file."""
        tables = {name: _table(columns) for name, columns in self.spec.get("tables", {}).items()}
        for name, table in tables.items():
            pq.write_table(table, folder / f"{name}.parquet")
        models = self.spec.get("models", {})
        used = {model["predictions"] for model in models.values()}
        shared = {"key": ["id"]} if self.spec.get("keyed") else {}
        extra = self.spec.get("datasets", {})
        gate = {
            "mlgate": 1,
            "policy": self.spec.get("policy", {}),
            "datasets": {name: {"path": f"{name}.parquet", **shared, **extra.get(name, {})} for name in tables if name not in used},
            "models": {name: {**model, "predictions": f"{model['predictions']}.parquet"} for name, model in models.items()},
            "checks": [{"id": "c", "kind": self.kind, **self.spec["check"]}],
        }
        path = folder / "case.gate.yaml"
        path.write_text(yaml.safe_dump(gate, sort_keys=False, allow_unicode=True), encoding="utf-8")
        return path

    @property
    def words(self) -> tuple[str, ...]:
        words = self.spec.get("words", [])
        return (words,) if isinstance(words, str) else tuple(words)


def read_cases(kind: str) -> list[Case]:
    """The cases of one kind; a case without tables, models or `keyed` of its own gets those of the file."""
    content = yaml.safe_load((FOLDER / f"{kind}.yaml").read_text(encoding="utf-8"))
    shared = content.get("tables", {})
    defaults = {key: content[key] for key in ("models", "keyed") if key in content}
    return [Case(kind, spec["name"], {**defaults, **spec, "tables": {**shared, **spec.get("tables", {})}}) for spec in content["cases"]]


def all_cases() -> list[Case]:
    """All cases of all kinds."""
    return [case for path in sorted(FOLDER.glob("*.yaml")) for case in read_cases(path.stem)]


def _table(columns: dict[str, Any]) -> pa.Table:
    repeat = columns.get("_repeat", 1)
    arrays = {name: _array(values, repeat) for name, values in columns.items() if not name.startswith("_")}
    if "_numbered" in columns:
        rows = len(next(iter(arrays.values())))
        arrays[columns["_numbered"]] = pa.array(range(1, rows + 1))
    return pa.table(arrays)


def _array(values: Any, repeat: int) -> pa.Array:
    kind = None
    if isinstance(values, dict):
        kind, values = _TYPES[values["type"]], values["values"]
    values = list(values) * repeat
    if kind is not None and (pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind)):
        written = ["" if value is None else f"{value}{'Z' * (kind == _TYPES['zoned'])}" for value in values]
        return pa.array([text or None for text in written], pa.string()).cast(kind)
    if kind is not None and pa.types.is_decimal(kind):
        return pa.array(values, pa.float64()).cast(kind)
    return pa.array(values, kind)
