"""Spark's answers are DuckDB's. One module, so that one process starts one JVM, also under `pytest -n`.

The last test prints how many kinds, cases and answers were compared.
"""

from __future__ import annotations

import datetime
import math
import random
import sys
import warnings
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from engines_side_by_side import Compared, SideBySide, answers
from spark_session import local_spark

sys.path.append(str(Path(__file__).parents[1] / "checks"))

from case_tables import Case, all_cases

from mlgate.core.errors import GateFileError, MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource, FrameSource, TableSource
from mlgate.core.request import Aggregate, Counts, Grid, Histogram, Op, Request, Rows
from mlgate.core.view import AsOf, Comparison, View
from mlgate.expressions.guard import parse, parse_aggregate
from mlgate.gatefile.loader import load
from mlgate.run.gate_run import run_gate

pytest.importorskip("pyspark")
SMALL = {  # what makes a small Spark quick
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.warehouse.dir": "",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.driver.bindAddress": "127.0.0.1",
}
SEEN: dict[str, int] = {}
# blocks by a column are dealt into sets by DuckDB's hash (those by hour, day and week are alike); `ulp` of scores needs the next float
REFUSED = {"drift": "the spark engine does not evaluate HASH", "prediction_parity": "the spark engine does not evaluate NEXTAFTER"}


@pytest.fixture(scope="module")
def spark(tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    with local_spark(folder), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark.sql import SparkSession

        builder = SparkSession.builder.master("local[2]")
        for key, value in {**SMALL, "spark.sql.warehouse.dir": str(folder / "warehouse")}.items():
            builder = builder.config(key, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


@pytest.fixture
def interpreted(spark):
    """No code is generated: quicker for tables of ten rows. What is generated is tested by the requests below."""
    quick = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN", "spark.sql.adaptive.enabled": "false"}
    before = {key: spark.conf.get(key) for key in quick}
    for key, value in quick.items():
        spark.conf.set(key, value)
    yield
    for key, value in before.items():
        spark.conf.set(key, value)


@pytest.fixture
def both(spark, tmp_path):
    found = SideBySide(tmp_path)
    yield found
    found.close()


# -- every kind over its case table


@cache
def gates() -> dict[str, list[list[Case]]]:
    """The cases of each kind, those with the same tables together: one gate, one run."""
    groups: dict[str, dict[str, list[Case]]] = {}
    for case in all_cases():
        if case.spec["expected"] != "REFUSED":
            shared = yaml.safe_dump([case.spec.get(key) for key in ("tables", "models", "datasets", "keyed", "policy")])
            groups.setdefault(case.kind, {}).setdefault(shared, []).append(case)
    return {kind: list(found.values()) for kind, found in groups.items()}


@pytest.mark.parametrize("kind", sorted(gates()))
def test_every_case_of_a_kind_comes_out_alike_on_both_engines(kind, interpreted, tmp_path):
    for number, cases in enumerate(gates()[kind]):
        folder = tmp_path / str(number)
        folder.mkdir()
        written = cases[0].write(folder)
        gate = yaml.safe_load(written.read_text())
        gate["checks"] = [{"id": f"c{index}", "kind": kind, **case.spec["check"]} for index, case in enumerate(cases)]
        found = {engine: _verdicts(gate, written, engine) for engine in ("duckdb", "spark")}
        spark, duckdb = found["spark"], found["duckdb"]
        if isinstance(spark, dict):
            refused = {item for item, said in spark.items() if said in REFUSED.values()}
            assert all(spark[item] == REFUSED.get(kind) for item in refused)
            spark, duckdb = ({item: said for item, said in one.items() if item not in refused} for one in (spark, duckdb))
        assert spark == duckdb
        SEEN[kind] = SEEN.get(kind, 0) + len(cases)


def _verdicts(gate, path, engine):
    for dataset in gate["datasets"].values():
        dataset["engine"] = engine
    path.write_text(yaml.safe_dump(gate, sort_keys=False, allow_unicode=True))
    try:
        return {verdict.item: _said(verdict) for verdict in run_gate(load(path)).verdicts}
    except GateFileError as error:
        return [fault.what for fault in error.faults]


def _said(verdict):
    """All that a reader sees, but for the time of the run and an engine's own words."""
    if str(verdict.outcome) == "ERROR":
        return next((said for said in REFUSED.values() if said in verdict.reason), "ERROR")
    estimate = verdict.estimate
    numbers = estimate and (estimate.n_obs, estimate.violations, estimate.unit != "s" and estimate.value)
    shown = verdict.offenders and (verdict.offenders.columns, verdict.offenders.rows)
    return str(verdict.outcome), verdict.says.split(" before 2")[0].split(": seen")[0], verdict.details, verdict.fix, numbers, shown


# -- every word of a request over rows that are hard to agree on


def hold(both: SideBySide, asked: list[Request]) -> None:
    """Fails with every answer that differs."""
    compared = Compared()
    both.compare(asked, compared)
    assert not compared.differences, "\n".join(compared.differences)
    SEEN["answers"] = SEEN.get("answers", 0) + compared.count


def rows_of(seed: int, count: int) -> dict[str, list]:
    made = random.Random(seed)
    floats = [0.0, -0.0, 1.5, -2.25, 1e300, 1e-300, math.nan, math.inf, -math.inf, 0.1, 123456789.125]
    texts = ["", "a", "B", "é", "日本", "😀x", "a b", "it's", 'q"q', "back\\slash", "$x", "${y}", "1", "-7", "2.5", "1e3", "x1", "line\nbreak", "Z"]

    def maybe(value):
        return None if made.random() < 0.15 else value

    start = datetime.datetime(2026, 1, 1)
    return {
        "id": list(range(count)),
        "i": [maybe(made.choice([-3, 0, 1, 2, 7, 2**40, -(2**62), 2**62])) for _ in range(count)],
        "n": [maybe(made.randint(-5, 5)) for _ in range(count)],
        "x": [maybe(made.choice(floats) if made.random() < 0.3 else made.uniform(-100, 100)) for _ in range(count)],
        "f": [maybe(made.choice([0.1, 1.5, math.nan, math.inf, -3.25])) for _ in range(count)],
        "s": [maybe(made.choice(texts)) for _ in range(count)],
        "b": [maybe(made.random() < 0.5) for _ in range(count)],
        "p": [maybe(Decimal(made.randint(-999, 999)) / 100) for _ in range(count)],
        "d": [maybe((start + datetime.timedelta(days=made.randint(-400, 400))).date()) for _ in range(count)],
        "t": [
            maybe(start + datetime.timedelta(seconds=made.randint(-(10**7), 10**7), microseconds=made.choice([0, 1, 500_000]))) for _ in range(count)
        ],
        "z": [maybe(start + datetime.timedelta(minutes=made.randint(-(10**5), 10**5))) for _ in range(count)],
        'odd "`name': [maybe(made.randint(0, 2)) for _ in range(count)],
        "gone": [None] * count,
    }


TYPES = {
    "id": pa.int64(),
    "i": pa.int64(),
    "n": pa.int32(),
    "x": pa.float64(),
    "f": pa.float32(),
    "s": pa.string(),
    "b": pa.bool_(),
    "p": pa.decimal128(10, 2),
    "d": pa.date32(),
    "t": pa.timestamp("us"),
    "z": pa.timestamp("us", tz="UTC"),
    'odd "`name': pa.int8(),
    "gone": pa.float64(),
}
NUMBERS = ("i", "n", "x", "f", "p", 'odd "`name', "gone")
PATTERNS = (
    "a",
    "^[a-z]$",
    r"\d",
    r"^\S+$",
    "e$",
    "^.{2}$",
    "(?i)b",
    r"\bx",
    "[[:alpha:]]+",
    "é|日",
    r"\.",
    "^$",
    r"[\\\]$]",
    "x{1}",
    "{",
    "a&&b|[a&&b]",
)
RULES = (
    "x > 0",
    "x / n > 1",
    "n // 2 >= 0",
    "i % 2 = 0",
    "x - x = 0",
    "i + i > 0",
    "i * 2 > i",
    "cast(s as integer) > 0",
    "cast(s as double) > 0",
    "try_cast(s as integer) > 0",
    "n > 1 and cast(s as int) > 0",
    "b or cast(s as int) > 0",
    "case when n > 0 then cast(s as int) > 0 else true end",
    "f = 0.1",
    "f * 2 < 3",
    "p > 1.5",
    "p * 2 = p + p",
    "p / 3 > 0.5",
    "s like 'a%' or s like '%\\%'",
    "s ilike 'B%'",
    "s in ('a', 'B', '日本')",
    "n in (1, 2.5, 3)",
    "not (n between 0 and 2)",
    "d >= '2026-01-01'",
    "t >= '2026-01-01 12:00:00' and t < '2026-03-01'",
    "z > '2026-01-01'",
    "t - interval 2 day < d",
    "year(t) = 2026 and month(d) in (1, 2) and quarter(d) = 1",
    "dayofweek(d) = 0 or isodow(d) = 7 or week(d) < 10 or dayofyear(d) = 1",
    "hour(t) < 12 or minute(z) = 0 or second(t) > 30",
    "date_trunc('month', t) = date_trunc('month', d)",
    "date_diff('day', d, t) > 0 or date_diff('month', d, t) < 0 or date_diff('hour', t, z) = 0",
    "extract(dow from d) > 3",
    "length(s) > 1 and upper(s) = s",
    "substr(s, 2, 1) = 'x' or left(s, 1) = 'a' or right(s, -1) = '' or substr(s, -2, 2) = 'ab'",
    "concat(s, '!') = s || '!'",
    "strpos(s, 'a') > 0 or contains(s, 'x') or starts_with(s, 'b') or ends_with(s, 'q')",
    "trim(s) = s and ltrim(s) = rtrim(s)",
    "regexp_matches(s, '[0-9]+$') or regexp_full_match(s, 'a.b')",
    "round(x, 1) = x or floor(x) = x or ceil(x) = x or sign(x) < 0 or abs(n) > 3",
    "sqrt(x) > 2 or ln(x) < 0 or exp(n) > 1 or power(n, 2) > 4 or log10(x) > 1 or log2(x) > 1 or log(x) > 0",
    "isnan(x) or isinf(x)",
    "coalesce(n, 0) > 0 and nullif(n, 1) is null",
    "greatest(n, 2) = 2 or least(x, 0) < 0",
    "if(b, n, 0) > 0",
    "n is not distinct from null or n is distinct from 1",
    "cast(x as integer) > 0",
    "cast(p as integer) = 1 or cast(x as decimal(10, 2)) > 1",
    "cast(n as varchar) = '1' or cast(p as varchar) = '1.10' or cast(d as varchar) like '2026%'",
    "cast(s as date) is null",
    "b = true",
    '"odd ""`name" < 2',
    "null",
    "-n > 0 and abs(i) > 0",
)
TOTALS = (
    "sum(n) / count(*)",
    "sum(i)",
    "avg(x) - avg(n)",
    "count(distinct s)",
    "max(t) - min(t) > interval 1 day",
    "min(s)",
    "stddev(n)",
    "variance(n)",
    "corr(n, id)",
    "median(n)",
    "quantile_cont(id, 0.9)",
    "sum(p)",
    "sum(case when b then n else 0 end)",
    "sum(cast(s as int))",
    "max(z)",
    "count(s) * 1.0 / count(*)",
)


def aggregates(view: View) -> list[Request]:
    column = lambda op, names, *args: [Aggregate(op, name, args, view) for name in names]  # noqa: E731
    asked: list[Request] = [Aggregate(Op.ROWS, None, (), view)]
    for op in (Op.NULLS, Op.NAN, Op.INFINITE, Op.MIN, Op.MAX, Op.DISTINCT):
        asked += column(op, TYPES)
    for op in (Op.SUM, Op.MEAN):
        asked += column(op, (*NUMBERS, "b"))
    asked += column(Op.STD, NUMBERS)
    for share in (0.0, 0.3, 0.5, 1.0):
        asked += column(Op.QUANTILE, ("n", "p", "id", "t", "d"), share)
    for low, high in ((-1, 2), (None, 0.5), (-1.5, None), (0.1, 0.1), (None, None), (-math.inf, math.inf)):
        asked += column(Op.OUTSIDE, NUMBERS, low, high)
    asked += column(Op.OUTSIDE, ("s",), "B", "a") + column(Op.OUTSIDE, ("d", "t", "z"), "2026-01-01", "2026-02-01T12:00:00")
    for op in (Op.IN, Op.NOT_IN):
        asked += column(op, NUMBERS, 0, 1.0, 2.5, 0.1) + column(op, ("s",), "a", "it's", "${y}", "back\\slash", None) + column(op, ("b",), True)
        asked += column(op, ("n",), *range(-3, 30)) + column(op, ("x",), math.inf) + column(op, ("d",), "2026-01-01") + column(op, ("s",))
    for pattern in PATTERNS:
        asked += column(Op.MATCHING, ("s",), pattern) + column(Op.NOT_MATCHING, ("s",), pattern)
    asked += column(Op.LENGTH_OUTSIDE, ("s",), 1, 2) + column(Op.LENGTH_OUTSIDE, ("s",), None, 1)
    asked += column(Op.PRESENT, ("s",), "a", "日本", "zz", None) + column(Op.PRESENT, ("x",), 0, math.inf) + column(Op.PRESENT, ("b",), True, False)
    for rule in RULES:
        asked += [
            Aggregate(Op.VIOLATES, parse(rule), ("violation", None), view),
            Aggregate(Op.VIOLATES, parse(rule), ("skip", parse("n <> 1")), view),
        ]
    asked.append(Aggregate(Op.VIOLATES, parse("n > 0"), ("violation", parse("cast(s as integer) > 0")), view))
    asked += [Aggregate(Op.SQL, parse_aggregate(total), (), view) for total in TOTALS if " > " not in total]
    asked += [Aggregate(Op.DUPLICATES, None, names, view) for names in (("n",), ("n", "b"), ("x",), ("s", "gone"))]
    return asked


def shapes(view: View) -> list[Request]:
    half = parse("n // 2")
    edges = (-50.0, -1.0, 0.0, 1.0, 2.5, 50.0)
    many = tuple(np.linspace(-99, 99, 151).tolist())
    asked: list[Request] = [Counts(by, view) for by in (("s",), ("x",), ("b", "n"), (half,), ("d",), ("z",), ("p",))]
    asked += [Counts(("n",), view, most=100), Counts(("id",), view, most=5)]
    asked += [
        Rows(tuple(TYPES), view),
        Rows((half, "s"), view),
        Rows(("id", "s"), view, limit=3),
        Rows(("id",), view, limit=5, largest=parse("abs(x)")),
    ]
    asked += [
        Rows(("n", "b", "id"), view, limit=7, repeated=("n", "b")),
        Rows(("id", "x"), view, sample=40),
        Rows(("id", "n"), view, limit=9, unordered=("n", "increasing", False), numbered=True),
    ]
    asked += [Histogram(of, cells, view) for of in ("x", "n", "p", "t", "gone") for cells in (edges, (), many)]
    asked += [
        Histogram("x", edges, view, ends=False),
        Histogram("x", edges, view, by="b"),
        Histogram("x", many, view, by="n"),
        Grid("x", 10, view),
        Grid("d", 4, view),
        Grid("gone", 4, view),
    ]
    asked += [
        Aggregate(Op.ORDER_BREAKS, name, (way, strict), view) for name in ("id", "n", "s", "t", "x") for way in WAYS for strict in (True, False)
    ]
    return asked


WAYS = ("increasing", "decreasing")


def opened(both, tmp_path):
    files = []
    for number, count in enumerate((150, 0, 90)):  # three files, one of them empty: their order is the rows' order
        table = pa.table({name: pa.array(values, TYPES[name]) for name, values in rows_of(number, count).items()})
        files.append(str(tmp_path / f"part {number}%.parquet"))
        pq.write_table(table, files[-1], row_group_size=40)
    both.open("t", FilesSource(tuple(files), "parquet"))


def test_every_word_has_one_answer(both, tmp_path, interpreted):
    opened(both, tmp_path)
    hold(both, aggregates(View("t")) + shapes(View("t")))


def test_generated_code_gives_the_same_answers(both, tmp_path):
    opened(both, tmp_path)
    asked = aggregates(View("t"))
    hold(both, [one for one in asked if one.op is Op.VIOLATES][::2] + [one for one in asked if not one.alone][::5] + shapes(View("t"))[::9])


def test_every_word_has_one_answer_in_a_slice(both, tmp_path, interpreted):
    opened(both, tmp_path)
    view = View("t", where=parse("s is null or b"))
    seldom = [one for index, one in enumerate(shapes(view)) if index % 2 or isinstance(one, (Grid, Rows))]
    hold(both, [one for one in aggregates(view)[::2] if not one.alone or one.of in ("x", "s", None)] + seldom)


def test_a_table_without_rows_has_the_same_answers(both, interpreted):
    both.open("t", FrameSource(pa.table({name: pa.array([], kind) for name, kind in TYPES.items()})))
    hold(both, [one for one in aggregates(View("t"))[::2] if not one.alone] + shapes(View("t"))[::2])


def test_two_datasets_pair_and_differ_alike(both, interpreted):
    left, right = rows_of(11, 60), rows_of(12, 60)
    for name, rows in (("t", left), ("u", right)):
        rows["id"] = [*range(50), None, 3, 3, *range(100, 107)] if name == "t" else [*range(5, 60), None, 7, 7, 103, 200]
        both.open(name, FrameSource(pa.table({one: pa.array(values, TYPES[one]) for one, values in rows.items()})), key=("id",))
    view = View("t", joined="u")
    asked: list[Request] = [Aggregate(Op.PAIRED, None, (), view), Aggregate(Op.PAIRED, None, (), View("t", joined="u", where=parse("n > 0")))]
    for nulls in ("equal", "mismatch"):
        asked += [Aggregate(Op.MISMATCHES, name, ("exact", 0.0, nulls), view) for name in TYPES]
        asked += [Aggregate(Op.MISMATCHES, name, (word, 0.5, nulls), view) for name in NUMBERS for word in ("abs", "rel", "ulp")]
        asked += [Aggregate(Op.MISMATCHES, name, ("within", 3600.0, nulls), view) for name in ("d", "t", "z")]
    asked += [Rows(("id", "x", "joined.x"), view, limit=20), Rows(("id", "joined.n"), view, limit=5, largest=parse("n"))]
    hold(both, asked)


def test_pairs_differ_alike_whatever_counts_as_a_difference(both, interpreted):
    left, right = rows_of(21, 60), rows_of(22, 60)
    for name, rows in (("t", left), ("u", right)):
        rows["id"] = list(range(60))
        rows["i"] = [2**53 + 1, 2**53, None, *rows["i"][3:]]
        rows["w"] = [" A b", "a  B", "\ta\nb", None] * 15 if name == "t" else ["a b", "A b ", "a b", "c"] * 15
        types = {**TYPES, "w": pa.string(), "i": pa.float64() if name == "u" else pa.int64(), "p": pa.decimal128(12, 4 if name == "u" else 2)}
        if name == "u":
            rows["i"] = [None if one is None else float(one) for one in rows["i"]]
        both.open(name, FrameSource(pa.table({one: pa.array(values, types[one]) for one, values in rows.items()})), key=("id",))
    view = View("t", joined="u")
    hows = [Comparison(name, nulls=nulls, nan=nan) for name in TYPES for nulls in ("equal", "mismatch") for nan in ("as_null", "distinct")]
    hows += [Comparison(name, "abs", 1.0) for name in ("i", "n", "p")]
    hows += [Comparison("w", normalise=form) for form in ((), ("case",), ("spaces",), ("case", "spaces"))]
    asked: list[Request] = [Aggregate(Op.MISMATCHES, how.column, how.args, view) for how in hows]
    for how in hows[::4]:
        differing = View("t", joined="u", pairs=how)
        asked += [Aggregate(Op.NULLS, f"joined.{how.column}", (), differing), Rows(("id",), differing, limit=99, largest=how)]
    asked += [Rows(("id", "joined.id"), View("t", joined="u", pairs=side, where=parse("n > 0")), limit=99) for side in ("both", "only_dataset")]
    asked.append(Aggregate(Op.SHIFTED, "x", ("joined.id",), View("t", joined="u", pairs=Comparison("x"))))
    hold(both, asked)
    every = Aggregate(Op.EXAMPLES, None, (1, 1, "id", "n", "joined.n", "t", "d", "s", "b"), View("t", joined="u", pairs=Comparison("n")))
    found = [sorted(answers(engine, [every])[every]) for engine in both.engines.values()]  # each engine picks by a hash of its own, here all
    assert found[0] == found[1]
    assert found[0]


def test_rows_meet_alike_as_of_a_time(both, interpreted):
    made = random.Random(5)
    start = datetime.datetime(2026, 1, 1)

    def rows(count, most):
        return {
            "k": [None if made.random() < 0.1 else made.randrange(4) for _ in range(count)],
            "at": [None if made.random() < 0.1 else start + datetime.timedelta(minutes=made.randrange(most)) for _ in range(count)],
            "x": [float(made.randrange(3)) for _ in range(count)],
        }

    for name in ("t", "u"):
        both.open(name, FrameSource(pa.table(rows(80, 200))), key=("k",))
    times = AsOf("at", "at")
    view = View("t", joined="u", as_of=times)
    differing = View("t", joined="u", as_of=times, pairs=Comparison("x"))
    asked: list[Request] = [Aggregate(Op.PAIRED, None, (), view), Aggregate(Op.MISMATCHES, "x", Comparison("x").args, view)]
    asked += [Aggregate(Op.LAG, "at", (60.0, 600.0), view), Aggregate(Op.NULLS, "joined.at", (), differing)]
    asked += [Aggregate(Op.PAIRED, None, (), View("t", joined="u", as_of=times, where=parse("x > 0"))), Counts(("x", "joined.x"), differing)]
    hold(both, asked)


def test_a_finding_of_parity_is_the_same_on_both_engines(tmp_path, interpreted):

    made = random.Random(6)
    clock = [100 * made.randrange(24) + made.randrange(60) for _ in range(60)]
    times = [datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=made.randrange(10**6)) for _ in range(60)]
    train = {"id": range(60), "clock": clock, "far": [c * 1.5 for c in clock], "at": times, "name": [f"Ab{c}" for c in clock]}
    served = {
        "id": range(60),
        "clock": [c // 100 for c in clock],
        "far": [round(c * 1.5 * 1.609344, 12) for c in clock],
        "at": [t + datetime.timedelta(hours=2) for t in times],
        "name": [f"AB{c}" for c in clock],
    }
    for name, columns in (("train", train), ("served", served)):
        pq.write_table(pa.table(columns), tmp_path / f"{name}.parquet")
    found = {}
    for engine in ("duckdb", "spark"):
        datasets = {name: {"path": f"{name}.parquet", "key": "id", "engine": engine} for name in ("train", "served")}
        check = {"id": "c", "kind": "parity", "of": "served", "against": "train"}
        path = tmp_path / f"{engine}.gate.yaml"
        path.write_text(yaml.safe_dump({"mlgate": 1, "datasets": datasets, "checks": [check]}, sort_keys=False), encoding="utf-8")
        (verdict,) = run_gate(load(path)).verdicts
        found[engine] = [line for line in verdict.details if line.startswith("diagnosis: ")]
    assert found["spark"] == found["duckdb"]
    assert len(found["duckdb"]) == 4


def test_ulps_are_counted_next_to_powers_of_two_and_among_the_smallest_floats(both, interpreted):
    values = [1.0, 2.0, 0.5, 1 - 2**-53, 2**1000 * 1.0, 2.0**-1022, 5e-324, 1e-310, 3.7, 2.0**52, 1.7976931348623157e308]
    near = [math.nextafter(value, 0) for value in values]
    for name, column in (("t", values), ("u", near)):
        small = np.clip(values, 0, 1e38).astype("f4")
        table = pa.table({"id": range(len(column)), "x": column, "y": small if name == "t" else np.nextafter(small, np.float32(0))})
        both.open(name, FrameSource(table), key=("id",))
    view = View("t", joined="u")
    hold(both, [Aggregate(Op.MISMATCHES, name, ("ulp", amount, "equal"), view) for name in ("x", "y") for amount in (0.0, 0.5, 1.0)])


def test_predictions_are_brought_to_their_rows_alike(both, interpreted):
    rows = pa.table({"id": range(20), "y": [n % 2 for n in range(20)], "x": [n / 10 for n in range(20)]})
    both.open("t", FrameSource(rows), key=("id",))
    both.attach("now", "t", ("id",), {"prediction": np.arange(20) % 3, "score": np.where(np.arange(20) == 4, np.nan, np.arange(20) / 20)}, {})
    stored = pa.table({"id": [*range(5, 25)], "risk": [n / 25 for n in range(20)]})
    both.attach("then", "t", ("id",), FrameSource(stored), {"risk": "score"}, threshold=0.5)
    both.attach("named", "t", ("id",), {"prediction": np.array(["a", "b"] * 10)}, {})
    view = View("t", model="now", baseline="then")
    asked: list[Request] = [Aggregate(Op.NULLS, name, (), view) for name in ("score", "baseline_score", "baseline_prediction")]
    asked += [Rows(("y", "score", "baseline_score", "prediction"), view), Counts(("y", "prediction", "baseline_prediction"), view)]
    asked += [Counts(("prediction",), View("t", model="named", where=parse("prediction = 'a' and x > 0.5")))]
    asked += [Rows(("id", "score"), view, limit=4, largest=parse("score - baseline_score"))]
    hold(both, asked)


def test_a_model_sees_the_same_frames(both, tmp_path):
    table = pa.table({name: pa.array(values, TYPES[name]) for name, values in rows_of(5, 50).items()})
    pq.write_table(table, tmp_path / "t.parquet")
    both.open("t", FilesSource((str(tmp_path / "t.parquet"),), "parquet"))
    columns = [name for name in TYPES if name != "p"]
    import pandas as pd

    left, right = (pd.concat(list(engine.features("t", columns, batch_rows=20))) for engine in both.engines.values())
    pd.testing.assert_frame_equal(left, right)
    asked = Rows(("id", "x", "z", parse("n * 2")), View("t", where=parse("n > 0")), sample=10)
    pd.testing.assert_frame_equal(*(engine.frame(asked) for engine in both.engines.values()))


# -- sources


def test_text_files_are_read_alike(both, tmp_path):
    (tmp_path / "t.csv").write_text('id,day,price,note,flag\n1,2026-01-31,1.50,"a, b",true\n2,,,"",false\n3,2026-02-01,-2e3,"say ""x""\ny",true\n')
    (tmp_path / "t.jsonl").write_text('{"id": 1, "tags": ["a"], "at": "2026-01-31 12:00:00"}\n{"id": 2, "tags": null, "at": null}\n')
    both.open("csv", FilesSource((str(tmp_path / "t.csv"),), "csv"))
    both.open("json", FilesSource((str(tmp_path / "t.jsonl"),), "jsonl"))
    hold(both, [Rows(both.schemas[name].names, View(name), limit=9) for name in ("csv", "json")])
    hold(both, [Aggregate(Op.ORDER_BREAKS, "price", ("increasing", False), View("csv")), Aggregate(Op.SUM, "price", (), View("csv"))])


def test_types_that_only_one_of_the_two_has_are_read_as_the_same(both, tmp_path):
    import duckdb

    with duckdb.connect() as made:
        select = """select 5::ubigint as w, timestamp_ns '2026-01-31 12:00:00.123456789' as ns, time '12:30:00' as k,
                    'b'::enum('a', 'b') as e, 7::utinyint as v, [1, 2] as l, {'a': 1} as r, 'x'::blob as y union all
                    select null, null, null, null, null, null, null, null"""
        made.execute(f"copy ({select}) to '{tmp_path / 't.parquet'}' (format parquet)")
    both.open("t", FilesSource((str(tmp_path / "t.parquet"),), "parquet"))
    view = View("t")
    asked: list[Request] = [Aggregate(Op.NULLS, name, (), view) for name in both.schemas["t"].names]
    asked += [Aggregate(op, name, (), view) for op in (Op.MIN, Op.MAX) for name in ("w", "ns", "k", "e", "v", "r.a")]
    asked += [
        Aggregate(Op.SUM, "w", (), view),
        Aggregate(Op.OUTSIDE, "k", ("12:00", "12:15"), view),
        Counts(("e",), view),
        Rows(("ns", "v"), view),
    ]
    hold(both, asked)


def test_columns_of_folders_are_columns(both, tmp_path):
    for year in (2025, 2026):
        (tmp_path / f"year={year}").mkdir()
        pq.write_table(pa.table({"n": [year, 1]}), tmp_path / f"year={year}" / "t.parquet")
    both.open(
        "t", FilesSource(tuple(str(tmp_path / f"year={year}" / "t.parquet") for year in (2025, 2026)), "parquet", partitions=(("year", "integer"),))
    )
    hold(both, [Counts(("year",), View("t")), Rows(("n", "year"), View("t"), limit=3)])


@pytest.fixture
def engine(spark, tmp_path):
    from mlgate.adapters.engines.spark import SparkEngine

    found = SparkEngine(tmp_path)
    yield found
    found.close()


def test_a_table_and_a_dataframe_of_the_session_are_read_where_they_are(spark, engine):
    spark.sql("select id as n, cast(id as string) as s, timestamp'2026-01-31 12:00:00' as t from range(10)").createOrReplaceTempView("mine")
    schema = engine.open("t", Dataset(table="spark:mine", engine="spark"), TableSource("spark", "", "mine"))
    assert [(column.name, column.type, column.native) for column in schema.columns][:2] == [("n", "integer", "BIGINT"), ("s", "string", "VARCHAR")]
    engine.open("u", Dataset(frame="m:f", engine="spark"), FrameSource(spark.range(5)))
    found = answers(engine, [Aggregate(Op.SUM, "n", (), View("t")), Aggregate(Op.MAX, "t", (), View("t")), Aggregate(Op.ROWS, None, (), View("u"))])
    assert list(found.values()) == [45, datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC), 5]


def test_scores_find_the_rows_of_a_table_by_its_key(spark, engine):
    frame = spark.range(0, 100, 1, 4).selectExpr("id as k", "id * 2 as x")
    engine.open("t", Dataset(frame="m:f", key=("k",), engine="spark"), FrameSource(frame))
    handed = [batch["x"].to_numpy() for batch in engine.features("t", ["x"], batch_rows=30)]
    engine.attach("m", "t", ("k",), {"score": np.concatenate(handed) / 2.0}, {})
    found = answers(engine, [Rows(("k", "score"), View("t", model="m"))])
    (arrays,) = found.values()
    assert arrays["score"].tolist() == arrays["k"].tolist()


@pytest.mark.parametrize(("key", "words"), [((), "neither a row order nor a key"), (("k",), "does not tell rows apart: 1 repeated, 1 null")])
def test_scores_without_a_way_back_to_their_rows_are_an_error(spark, engine, key, words):
    frame = spark.sql("select * from values (1, 2), (1, 3), (null, 4) as t(k, x)")
    engine.open("t", Dataset(frame="m:f", key=key, engine="spark"), FrameSource(frame))
    with pytest.raises(MeasurementError, match=words):
        list(engine.features("t", ["x"]))


def test_an_order_that_a_table_does_not_have_is_an_error(spark, engine):
    engine.open("t", Dataset(frame="m:f", engine="spark"), FrameSource(spark.range(5)))
    with pytest.raises(MeasurementError, match="no row order"):
        answers(engine, [Aggregate(Op.ORDER_BREAKS, "id", ("increasing", False), View("t"))], isolated=False)


# -- errors, settings, sessions


def test_an_error_is_one_sentence_with_its_statement(spark, engine):
    engine.open("t", Dataset(frame="m:f", engine="spark"), FrameSource(spark.sql("select 'x' as s")))
    with pytest.raises(MeasurementError) as found:
        answers(engine, [Aggregate(Op.ROWS, None, (), View("t", where=parse("cast(s as integer) > 0")))], isolated=False)
    assert found.value.what == 'CAST("s" AS INT) > 0 fails on a row: a cast or an overflow'
    assert "from `mlgate_" in found.value.statement
    assert "\n" not in found.value.what


def test_what_java_reads_otherwise_is_refused(spark, engine):
    engine.open("t", Dataset(frame="m:f", engine="spark"), FrameSource(spark.sql("select 'x' as s")))
    with pytest.raises(MeasurementError, match="does not evaluate"):
        answers(engine, [Aggregate(Op.VIOLATES, parse("regexp_matches(s, 'a', 'i')"), ("violation", None), View("t"))], isolated=False)
    with pytest.raises(MeasurementError, match="Greek"):
        answers(engine, [Aggregate(Op.MATCHING, "s", (r"\p{Greek}",), View("t"))], isolated=False)


def test_settings_are_put_back_and_the_session_lives_on(spark, tmp_path):
    from mlgate.adapters.engines.spark import SparkEngine

    mine = {"spark.sql.session.timeZone": "Asia/Tokyo", "spark.sql.ansi.enabled": "false"}
    before = {key: spark.conf.get(key) for key in mine}
    try:
        for key, value in mine.items():
            spark.conf.set(key, value)
        engine = SparkEngine(tmp_path)
        engine.open("t", Dataset(frame="m:f", engine="spark"), FrameSource(spark.sql("select timestamp'2026-01-31 09:00:00' as t")))
        (found,) = answers(engine, [Aggregate(Op.MAX, "t", (), View("t"))]).values()
        engine.close()
        assert found == datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)
        assert {key: spark.conf.get(key) for key in mine} == mine
        assert [table.name for table in spark.catalog.listTables() if table.name.startswith("mlgate")] == []
        assert spark.range(3).count() == 3
    finally:
        for key, value in before.items():
            spark.conf.set(key, value)


def test_the_counts_of_what_was_compared_are_printed(capsys):
    kinds = sorted(set(SEEN) & set(gates()))
    with capsys.disabled():
        print(f"\nspark = duckdb: {len(kinds)} kinds, {sum(SEEN[kind] for kind in kinds)} cases, {SEEN.get('answers', 0)} answers, 0 differences")
    assert all(SEEN[kind] for kind in kinds)
