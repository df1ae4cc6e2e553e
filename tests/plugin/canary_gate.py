"""A project whose personal data are canaries: values that are unmistakable wherever they come out, and one check or more of every kind on them."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

N = 120
NAMES = [f"kanari-{n % 40:02d}" for n in range(N)]
PEOPLE = {
    "id": list(range(N)),
    "name": NAMES,
    "code": [777_123_000 + (n * 37) % N for n in range(N)],
    "born": [datetime.datetime(1911, 3, 1) + datetime.timedelta(hours=7 * ((n * 53) % N)) for n in range(N)],
    "grade": [f"kanari-g{n % 2}" for n in range(N)],
    "plain": [n / N for n in range(N)],
}
MASK = ["name", "code", "born", "grade"]

TABLES: dict[str, dict[str, Any]] = {
    "people": PEOPLE,
    "earlier": {**PEOPLE, "name": ["somebody"] * N, "code": list(range(N)), "born": [datetime.datetime(2020, 1, 1)] * N},
    "served": {
        **PEOPLE,
        "name": [f"{name}x" for name in NAMES],
        "code": [n + 5 for n in PEOPLE["code"]],
        "born": [datetime.datetime(1911, 7, 1)] * N,
    },
    "guesses": {"id": list(range(N)), "prediction": PEOPLE["grade"], "score": [0.1 + 0.8 * (n % 2) for n in range(N)]},
    "worse": {"id": list(range(N)), "prediction": [*PEOPLE["grade"][1:], "kanari-g0"], "score": [0.9 - 0.8 * (n % 2) for n in range(N)]},
    "served_scores": {"code": PEOPLE["code"], "prediction": [n % 2 for n in range(N)], "score": [0.2 + 0.6 * (n % 2) for n in range(N)]},
    "offline_scores": {"code": PEOPLE["code"], "prediction": [1 - n % 2 for n in range(N)], "score": [0.3 + 0.6 * (n % 2) for n in range(N)]},
    "doubles": {"name": NAMES, "score": [0.5] * N},
}
MODULE = """\
def explode(frame):
    raise ValueError(f"cannot score {frame.name.iloc[3]}")


def batch_features(frame):
    import pandas as pd

    print("it sees", frame.to_dict())
    return pd.DataFrame({"name": frame["name"] + str(len(frame)), "code": frame["code"] - frame["code"].min()})


class Explosive:
    def fit(self, frame, y=None):
        raise ValueError(f"cannot learn {frame.name.iloc[0]}")

    def transform(self, frame):
        return frame


def leave(frame):
    import os

    print("it sees", list(frame["name"]), flush=True)
    os._exit(3)


def table():
    raise ValueError("row 7 holds kanari-77")


def schema():
    from pandera.pandas import Check, Column, DataFrameSchema

    return DataFrameSchema({"name": Column(checks=Check.isin(["a"])), "code": Column(int, Check.lt(5))})


def shout(frame):
    return frame.assign(name=frame.name.str.upper())


def whisper(frame):
    return frame


def levels(frame):
    import pandas as pd

    return pd.get_dummies(frame.grade)


def mean_of(y_true, y_pred):
    raise ValueError(f"cannot measure {y_true[0]}")
"""
BROKEN_CSV = "name,code\nkanari-01,777123001\nkanari-02,777123002,more\n"

# kind -> (checks, whether each shows a canary where nothing is masked)
CASES: dict[str, list[tuple[dict[str, Any], bool]]] = {
    "columns": [
        ({"of": "people", "columns": {"name": {"values": {"matches": "^x"}}}}, True),
        ({"of": "people", "columns": {"name": {"unique": True}}}, True),
        ({"of": "people", "columns": {"name": {"null_share": {"at_least": 0.5}}}}, True),
        ({"of": "people", "columns": {"name": {"increasing": True}}}, True),
        ({"of": "people", "columns": {"code": {"decreasing": "strictly"}}}, True),
        ({"of": "people", "columns": {"name": {"distinct": {"equals": ["a", "b"]}}}}, True),
        ({"of": "people", "columns": {"name": {"type": "integer"}}}, True),
        ({"of": "people", "columns": {"code": {"min": {"at_least": 800_000_000}}}}, True),
        ({"of": "people", "columns": {"code": {"max": {"at_most": 5}}}}, True),
        ({"of": "people", "columns": {"code": {"mean": {"at_most": 5}}}}, True),
        ({"of": "people", "columns": {"code": {"median": {"at_most": 5}}}}, True),
        ({"of": "people", "columns": {"code": {"quantiles": {0.9: {"at_most": 5}}}}}, True),
        ({"of": "people", "columns": {"code": {"max": {"at_least": 5}}}}, True),
        ({"of": "people", "columns": {"code": {"values": {"between": [0, 1]}}}, "where": "plain < 0.5"}, True),
        ({"of": "people", "columns": {"born": {"max": {"at_most": "1900-01-01"}}}}, True),
        ({"of": "people", "columns": {"name": {"max": {"at_most": "a"}}}}, True),
        ({"of": "people", "columns": {"plain": {"values": {"at_most": 0}}}, "where": "cast(name as integer) > 0"}, True),
    ],
    "unique": [({"of": "people", "columns": ["name", "grade"]}, True), ({"of": "keyed"}, True)],
    "rule": [
        ({"of": "people", "require": "code < 5"}, True),
        ({"of": "people", "require": "length(name) < 3 or plain > 2", "when": "grade is not null"}, True),
        ({"of": "people", "require": "cast(name as integer) > 0"}, False),
        ({"of": "people", "require": "plain > 2", "where": "cast(name as integer) > 0"}, True),
        ({"of": "candidate", "require": "score > 0.9 or name is null"}, True),
        ({"of": "exploding", "require": "score > 0.9"}, True),
        ({"of": "doubled", "require": "score > 0.9"}, True),
        ({"of": "made", "require": "score > 0.9"}, True),
        ({"of": "broken", "require": "code > 0"}, False),
    ],
    "aggregate": [
        ({"of": "people", "value": "max(code) - 1", "at_most": 5}, True),
        ({"of": "people", "value": "max(code)", "against": "earlier", "change": {"at_most": 0.1}}, True),
        ({"of": "people", "value": "max(born)", "at_most": 5}, True),
        ({"of": "people", "value": "max(cast(name as integer))", "at_most": 5}, True),
    ],
    "references": [
        ({"of": "people", "column": "name", "against": "earlier"}, True),
        ({"of": "people", "column": ["code", "plain"], "against": "earlier"}, True),
    ],
    "freshness": [({"of": "people", "column": "born", "newest_within": "1d"}, True)],
    "rows": [
        ({"of": "people", "per": "day", "column": "born", "rows": {"at_least": 50}}, True),
        ({"of": "people", "by": ["name", "code"], "rows": {"at_least": 50}}, True),
    ],
    "labels": [
        ({"of": "people", "shares": {"a": {"at_least": 0.5}}}, True),
        ({"of": "people", "classes": ["a"]}, True),
        ({"of": "people", "label": "id", "features": ["name"]}, True),
    ],
    "schema": [({"of": "people", "columns": {"name": "integer"}, "extra": "forbid"}, False)],
    "drift": [
        ({"of": "people", "against": "earlier", "columns": ["name"]}, True),
        ({"of": "people", "against": "earlier", "columns": ["code"]}, True),
        ({"of": "people", "against": "earlier", "columns": ["born"]}, True),
        ({"of": "people", "against": "earlier", "columns": "all"}, True),
    ],
    "parity": [
        ({"of": "served", "against": "people", "columns": {"name": "exact"}}, True),
        ({"of": "served", "against": "people", "columns": {"code": {"abs": 1}}}, True),
        ({"of": "served", "against": "people", "columns": {"born": {"within": "1s"}}}, True),
        ({"of": "served", "against": "people"}, True),
        ({"of": "served", "against": "people", "columns": {"name": {"normalise": ["case"]}}}, True),
        (
            {
                "of": "served",
                "against": "people",
                "columns": {"code": "exact"},
                "as_of": {"of": "born", "against": "born", "lag": {"at_least": "1s"}},
            },
            True,
        ),
        ({"of": "keyed", "against": "keyed_too"}, True),
    ],
    "metric": [
        ({"of": "candidate", "metric": "accuracy", "at_least": 0.9, "slices": ["name", "grade"], "min_rows": 2}, True),
        ({"of": "candidate", "metric": "f1", "at_least": 0.9}, True),
        ({"of": "candidate", "metric": "f1_macro", "at_least": 0.9, "slices": ["name"], "min_rows": 2}, True),
        ({"of": "candidate", "cost": {"kanari-g0": {"kanari-g1": 1}, "kanari-g1": {"kanari-g0": 1}}, "at_most": 0.9, "slices": ["grade"]}, True),
        ({"of": "candidate", "loss": "case when name like '%7' then cast(name as integer) else score end", "at_most": 0.9}, True),
        ({"of": "candidate", "metric": "canary_module:mean_of", "at_least": 0.9, "direction": "higher"}, True),
    ],
    "leakage": [
        ({"of": "keyed", "against": "keyed_too", "keys": True}, True),
        ({"of": "people", "against": "keyed_too", "content": {"features": ["name", "code"]}}, True),
        ({"of": "people", "against": "keyed_too", "near_duplicates": {"columns": ["name"], "similarity": 0.8}}, True),
        ({"of": "people", "against": "keyed_too", "time_order": {"column": "born"}}, True),
    ],
    "prediction_parity": [
        ({"of": "logged", "against": "offline", "score": {"abs": 1e-6}, "flip_share": {"at_most": 0}}, True),
        ({"of": "poor", "against": "candidate", "flip_share": {"at_most": 0}, "mask": "prediction"}, False),
    ],
    "pandera": [({"of": "people", "schema": "canary_module:schema"}, True)],
    "compare_runs": [
        ({"of": "people", "design": "seeds", "run": "name", "candidate": "plain", "baseline": "id", "direction": "higher", "no_worse_by": 0.1}, True),
        ({"of": "people", "design": "seeds", "run": "code", "candidate": "plain", "baseline": "id", "direction": "higher", "no_worse_by": 0.1}, True),
        (
            {"of": "people", "design": "seeds", "run": "name", "arm": "grade", "candidate": "a", "baseline": "b", "score": "plain"}
            | {"direction": "higher", "no_worse_by": 0.1},
            True,
        ),
        (
            {"of": "people", "design": "seeds", "run": "grade", "row": "name", "label": "id", "metric": "accuracy", "candidate": "id"}
            | {"baseline": "plain", "no_worse_by": 0.1},
            True,
        ),
    ],
    "fairness": [
        ({"of": "candidate", "by": "name", "metric": "accuracy", "gap": {"at_most": 0.5}, "min_rows": 2}, True),
        ({"of": "candidate", "by": "grade", "rate": "selection", "gap": {"at_most": 0.5}}, True),
        ({"of": "poor", "by": "code", "metric": "accuracy", "gap": {"at_most": 0.5}}, False),
    ],
    "calibration": [({"of": "candidate", "error": {"at_most": 0.1}}, True)],
    "canary": [
        (
            {
                "of": "people",
                "arm": "grade",
                "candidate": "kanari-g0",
                "baseline": "kanari-g1",
                "metrics": {"code": {"column": "code", "direction": "lower", "no_worse_by": 5}},
            },
            True,
        ),
        (
            {
                "of": "people",
                "arm": "plain",
                "candidate": 0,
                "baseline": 0.5,
                "metrics": {"born": {"column": "born", "direction": "lower", "no_worse_by": 5}},
                "where": "cast(name as integer) > 0",
            },
            False,
        ),
    ],
    "property": [
        ({"of": "canary_module:batch_features", "like": "people", "columns": ["name", "code"], "examples": 40, "laws": ["row_independent"]}, True),
        ({"of": "canary_module:leave", "like": "people", "columns": ["name"], "examples": 40, "laws": ["schema_stable"]}, True),
        ({"of": "canary_module:Explosive", "like": "people", "columns": ["name"], "examples": 40, "laws": ["finite"]}, True),
    ],
    "transform_parity": [
        ({"of": "canary_module:shout", "against": "canary_module:whisper", "like": "people", "examples": 20}, True),
        ({"of": "canary_module:explode", "against": "canary_module:whisper", "like": "people", "examples": 20}, True),
        ({"of": "canary_module:levels", "against": "canary_module:whisper", "like": "people", "examples": 20}, True),
    ],
    "compare": [({"of": "poor", "against": "candidate", "metric": "accuracy", "no_worse_by": 0.01, "slices": ["grade", "code"]}, True)],
}


def write(folder: Path, *, masked: bool, policy: dict[str, Any] | None = None) -> tuple[dict[str, Any], dict[str, bool]]:
    """The gate (as plain data) and, by check id, whether it shows a canary unmasked; the tables are written into the folder."""
    for name, columns in TABLES.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    (folder / "broken.csv").write_text(BROKEN_CSV, encoding="utf-8")
    (folder / "canary_module.py").write_text(MODULE, encoding="utf-8")
    mask = {"mask": MASK} if masked else {}
    plain = {"key": ["id"], "label": "grade"}
    datasets = {
        "people": {"path": "people.parquet", **plain, **mask},
        "earlier": {"path": "earlier.parquet", **plain},
        "served": {"path": "served.parquet", **plain, **mask},
        "keyed": {"path": "people.parquet", "key": ["name"], **({"mask": "all"} if masked else {})},
        "coded": {"path": "people.parquet", "key": ["code"], **mask},
        "keyed_too": {"path": "people.parquet", "key": ["name"]},
        "broken": {"path": "broken.csv", **({"mask": ["name", "code"]} if masked else {})},
        "made": {"frame": "canary_module:table", **({"mask": ["name"]} if masked else {})},
    }
    models = {
        "candidate": {"predictions": "guesses.parquet", "dataset": "people"},
        "poor": {"predictions": "worse.parquet", "dataset": "people"},
        "exploding": {"callable": "canary_module:explode", "dataset": "people"},
        "logged": {"predictions": "served_scores.parquet", "dataset": "coded"},
        "offline": {"predictions": "offline_scores.parquet", "dataset": "coded"},
        "doubled": {"predictions": "doubles.parquet", "dataset": "keyed"},
    }
    shows, checks = {}, []
    for kind, cases in CASES.items():
        for number, (check, told) in enumerate(cases):
            shows[f"{kind}-{number}"] = told
            checks.append({"id": f"{kind}-{number}", "kind": kind, **check})
    return {"mlgate": 1, "policy": policy or {}, "datasets": datasets, "models": models, "checks": checks}, shows
