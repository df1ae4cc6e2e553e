"""Preprocessing without a bug: no law may be said to be broken by it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, OrdinalEncoder, StandardScaler

CARRIERS = ["AA", "B6", "DL", "UA"]
NUMBERS = ["distance", "dep_delay", "seats"]

scaler = StandardScaler()


def pipeline():
    """What most projects have."""
    numbers = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    levels = OneHotEncoder(handle_unknown="ignore")
    return Pipeline([("columns", ColumnTransformer([("numbers", numbers, NUMBERS), ("levels", levels, ["carrier"])]))])


def one_hot():
    """A sparse matrix."""
    return ColumnTransformer([("levels", OneHotEncoder(handle_unknown="ignore", sparse_output=True), ["carrier"])], sparse_threshold=1.0)


def components():
    """Matrix products, whose last bits depend on the batch."""
    return Pipeline(
        [
            ("numbers", ColumnTransformer([("numbers", SimpleImputer(), NUMBERS)])),
            ("scale", StandardScaler()),
            ("components", PCA(n_components=2, svd_solver="full")),
        ]
    )


def codes():
    """Codes and bins, as a pandas frame."""
    levels = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    bins = make_pipeline(SimpleImputer(), KBinsDiscretizer(n_bins=5, encode="ordinal", strategy="uniform"))
    return ColumnTransformer([("levels", levels, ["carrier"]), ("bins", bins, ["distance"])]).set_output(transform="pandas")


def plain_pandas(frame):
    """Constants of the training data, index and nulls taken care of."""
    return pd.DataFrame(
        {
            "distance": np.log1p(frame["distance"]),
            "delay": frame["dep_delay"].fillna(12.5).clip(-60, 600),
            "late": frame["dep_delay"] > 15,
            "is_aa": (frame["carrier"] == "AA").astype("int8"),
        }
    )


def fixed_categories(frame):
    """Categories that are stated."""
    known = frame["carrier"].where(frame["carrier"].isin(CARRIERS), "other").astype(pd.CategoricalDtype([*CARRIERS, "other"]))
    return frame.assign(carrier=known)[["carrier", "seats"]]


def of_times(frame):
    """Parts of a time, a null having a value of its own."""
    departs = frame["departs"]
    return pd.DataFrame({"hour": departs.dt.hour.fillna(-1).astype("int64"), "day": departs.dt.day_of_week.fillna(-1).astype("int64")})


def one_series(frame):
    """A series."""
    return frame["distance"] * 1.609344


def of_polars(frame):
    """Expressions of polars."""
    import polars as pl

    return frame.select(
        pl.col("distance").log1p(),
        pl.col("dep_delay").fill_null(0.0).clip(-60, 600),
        pl.col("carrier").fill_null("none").str.to_lowercase(),
        pl.col("departs").dt.hour().fill_null(-1),
    )


def of_numpy(array):
    """Arithmetic on an array."""
    filled = np.where(np.isnan(array), [1000.0, 0.0, 150.0], array)
    return (filled - [1200.0, 10.0, 160.0]) / [700.0, 40.0, 60.0]


# name -> more words of the check
SOUND: dict[str, dict[str, object]] = {
    "scaler": {"fit": "flights", "columns": ["distance", "seats"]},
    "pipeline": {"fit": "flights"},
    "one_hot": {"fit": "flights"},
    "components": {"fit": "flights"},
    "codes": {"fit": "flights", "columns": ["carrier", "distance"]},
    "plain_pandas": {},
    "fixed_categories": {},
    "of_times": {},
    "one_series": {},
    "of_polars": {"library": "polars"},
    "of_numpy": {"library": "numpy", "columns": ["distance", "dep_delay", "seats"]},
}
