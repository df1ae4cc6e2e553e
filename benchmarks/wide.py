"""Gate files that are large in checks or in columns, and the small tables they are about."""

from __future__ import annotations

import sys
from pathlib import Path

ROWS = 1_000


def make(folder: Path, *, columns: int, rules: int) -> Path:
    """A gate of `columns` columns x (11 + `rules`) items, about a table of 1,000 rows; items of a column are a contract and `rules` row rules."""
    import duckdb

    folder.mkdir(parents=True, exist_ok=True)
    table, gate = folder / f"wide-{columns}.parquet", folder / f"wide-{columns}-{rules}.gate.yaml"
    if not table.exists():
        select = ", ".join(f"(md5_number_lower(i || ':{number}') % 1000000) / 1e6 as c{number}" for number in range(columns))
        with duckdb.connect() as connection:
            connection.execute(f"copy (select {select} from range({ROWS}) as numbers(i)) to '{table}' (format parquet)")
    gate.write_text("\n".join([*_head(table, columns), *_rules(columns, rules)]) + "\n", encoding="utf-8")
    return gate


def _head(table: Path, columns: int) -> list[str]:
    contract = (
        "type: float, null_share: {at_most: 0}, values: {between: [0, 1]}, distinct: {at_least: 900}, mean: {between: [0.4, 0.6]}, "
        "std: {between: [0.2, 0.4]}, min: {at_least: 0}, max: {at_most: 1}, median: {between: [0.3, 0.7]}, sum: {between: [400, 600]}, "
        "quantiles: {0.9: {between: [0.8, 1]}}"
    )
    lines = [
        "mlgate: 1",
        f'datasets: {{wide: {{path: "{table}"}}}}',
        "checks:",
        "  - id: contract",
        "    kind: columns",
        "    of: wide",
        "    columns:",
    ]
    return [*lines, *(f"      c{number}: {{{contract}}}" for number in range(columns))]


def _rules(columns: int, rules: int) -> list[str]:
    return [
        f'  - {{id: rule-{number}-{rule}, kind: rule, of: wide, require: "c{number} < 1.{rule:03}1"}}'
        for number in range(columns)
        for rule in range(rules)
    ]


if __name__ == "__main__":
    print(make(Path(sys.argv[1]), columns=int(sys.argv[2]), rules=int(sys.argv[3])))
