# /// script
# dependencies = ["soda-core==4.28.0", "soda-duckdb==4.28.0", "duckdb==2.0.1", "numpy==2.4.6"]
# ///
"""Soda 4: a contract verified on DuckDB, over a view of the file.

Rules, quantiles and PSI are SQL of the user in `failed_rows` and `metric` checks.
"""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from checks import CHECKS, NOW, PSI_BINS, Check
from protocol import Answers, answer
from soda_core.common.yaml import ContractYamlSource
from soda_core.contracts.contract_verification import ContractVerificationSession
from soda_duckdb.common.data_sources.duckdb_data_source import DuckDBDataSourceImpl


def work(orders: str, reference: str, answers: Answers) -> None:
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")
    connection.execute(f"create view orders as select * from '{orders}'")
    connection.execute(f"create view reference as select * from '{reference}'")
    columns: dict[str, list[dict[str, Any]]] = {}
    whole: list[dict[str, Any]] = []
    for check in CHECKS:
        kind, body = _check(check, connection, answers)
        at = whole if kind in ("row_count", "freshness", "failed_rows") or check.kind == "psi" else columns.setdefault(check.column, [])
        at.append({kind: {"name": check.id, "qualifier": check.id.replace(".", "_").replace("-", "_"), **body}})
    contract = {"dataset": "duck/main/orders", "columns": [{"name": name, "checks": made} for name, made in columns.items()], "checks": whole}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "contract.yml")
        path.write_text(json.dumps(contract), encoding="utf-8")  # JSON is YAML
        session = ContractVerificationSession.execute(
            contract_yaml_sources=[ContractYamlSource.from_file_path(str(path))],
            data_source_impls=[DuckDBDataSourceImpl.from_existing_cursor(connection, "duck")],
            data_timestamp=f"{NOW}+00:00",
        )
    (result,) = session.contract_verification_results
    for one in result.check_results:
        answers.put(one.check.name, "PASS" if one.is_passed else "FAIL" if one.is_failed else "ERROR")
    if not result.check_results:
        raise SystemExit(session.get_errors_str() if hasattr(session, "get_errors_str") else "no results")


def _within(low: float, high: float) -> dict[str, Any]:
    return {"threshold": {"must_be_between": {"greater_than_or_equal": low, "less_than_or_equal": high}}}


def _check(check: Check, connection: Any, answers: Answers) -> tuple[str, dict[str, Any]]:
    args, column = check.args, check.column
    match check.kind:
        case "rows":
            return "row_count", {"threshold": {"must_be_greater_than_or_equal": args["at_least"]}}
        case "freshness":
            return "freshness", {"column": column, "threshold": {"unit": "hour", "must_be_less_than_or_equal": args["within_s"] / 3600}}
        case "null_share":
            return "missing", {"threshold": {"metric": "percent", "must_be_less_than_or_equal": args["at_most"] * 100}}
        case "between":
            return "invalid", {"valid_min": args["low"], "valid_max": args["high"]}
        case "in":
            return "invalid", {"valid_values": list(args["values"])}
        case "not_in":
            return "invalid", {"invalid_values": list(args["values"])}
        case "matches":
            return "invalid", {"valid_format": {"regex": args["pattern"], "name": "pattern"}}
        case "unique":
            return "duplicate", {}
        case "mean":
            return "aggregate", {"function": "avg", **_within(args["low"], args["high"])}
        case "std":
            return "metric", {"expression": f"stddev_samp({column})", **_within(args["low"], args["high"])}
    answers.own_code.add(check.id)
    match check.kind:
        case "rule":
            when = args["when"] or "true"
            return "failed_rows", {"expression": f"({when}) and not ({args['require']})"}
        case "quantile":
            return "metric", {"expression": f"quantile_cont({column}, {args['share']})", **_within(args["low"], args["high"])}
    return "metric", {"query": _psi(check, connection), "threshold": {"must_be_less_than_or_equal": args["at_most"]}}


def _psi(check: Check, connection: Any) -> str:
    """One query for a column: shares in the bins of the reference, whose own shares are written into it."""
    name = check.column
    if check.args["numeric"]:
        known = connection.execute(f"select {name} from reference where {name} is not null and not isnan({name}::double)").fetchnumpy()[name]
        known = np.asarray(known, float)
        edges = np.unique(np.quantile(known, np.linspace(0, 1, PSI_BINS + 1)[1:-1]))
        counts = np.bincount(np.searchsorted(edges, known), minlength=len(edges) + 1)
        cells = [f"{name} <= {edge!r}" for edge in edges.tolist()]
        sums = [f"count(*) filter (where {one})" for one in cells]
        bins = [sums[0], *(f"{after} - {before}" for before, after in pairwise(sums)), f"count(*) - {sums[-1]}"]
        where = f"{name} is not null and not isnan({name}::double)"
    else:
        found = connection.execute(f"select {name}, count(*) from reference where {name} is not null group by all order by all").fetchall()
        counts = np.array([count for _, count in found])
        bins = [f"count(*) filter (where {name} = {_literal(level)})" for level, _ in found]
        where = f"{name} is not null"
    shares = (counts + 0.5) / (counts.sum() + 0.5 * len(counts))
    inner = ", ".join(f"{one} as b{index}" for index, one in enumerate(bins))
    total = f"(n + {0.5 * len(bins)})"
    terms = [f"((b{index} + 0.5) / {total} - {share!r}) * ln((b{index} + 0.5) / {total} / {share!r})" for index, share in enumerate(shares.tolist())]
    return f"select {' + '.join(terms)} as psi from (select count(*) as n, {inner} from orders where {where})"


def _literal(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"'{value}'"


if __name__ == "__main__":
    answer(("soda-core", "soda-duckdb", "duckdb"), work)
