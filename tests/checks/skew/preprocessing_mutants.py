"""Preprocessing with one realistic bug each. Every one passes a test that looks at one good batch; the docstring says what goes wrong."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from sklearn.preprocessing import FunctionTransformer

CARRIERS = ["AA", "B6", "DL", "UA"]
CODES = {carrier: code for code, carrier in enumerate(CARRIERS)}


def batch_statistics(frame):
    """Normalises by the mean and the deviation of the batch."""
    return pd.DataFrame({"distance": (frame["distance"] - frame["distance"].mean()) / (frame["distance"].std() + 1.0)})


def batch_mean_fill(frame):
    """Fills nulls with the mean of the batch."""
    return pd.DataFrame({"delay": frame["dep_delay"].fillna(frame["dep_delay"].mean())})


def sorts(frame):
    """Gives the rows back sorted."""
    return frame.sort_values("distance")[["distance", "seats"]]


def mutates(frame):
    """Lowers the case in the caller's frame."""
    frame["carrier"] = frame["carrier"].str.lower()
    return frame[["carrier"]].copy()


def truncates_times(frame):
    """Truncates times of the caller to days to get at the day."""
    frame["departs"] = frame["departs"].dt.floor("D")
    return pd.DataFrame({"day": frame["departs"].dt.day_of_week})


def first_departure(frame):
    """Counts days from the first departure of the batch."""
    return pd.DataFrame({"days": (frame["departs"] - frame["departs"].min()).dt.total_seconds() / 86_400})


def order_of_appearance(frame):
    """Numbers carriers in the order of their appearance."""
    return pd.DataFrame({"carrier": pd.factorize(frame["carrier"])[0]}, index=frame.index)


def global_random(frame):
    """Adds noise from numpy's global random state."""
    return pd.DataFrame({"distance": frame["distance"] + np.random.normal(size=len(frame))})  # noqa: NPY002  that is the bug


def drops_nulls(frame):
    """Drops rows with a null."""
    return frame.dropna(subset=["dep_delay"])[["dep_delay"]]


def resets_index(frame):
    """Makes a new index."""
    return frame[["distance", "seats"]].reset_index(drop=True)


def cumulates(frame):
    """Counts flights of a carrier so far."""
    return pd.DataFrame({"so_far": frame.groupby("carrier", dropna=False).cumcount()})


def batch_dummies(frame):
    """One column for each carrier in the batch."""
    return pd.get_dummies(frame["carrier"], prefix="carrier")


def log_of_zero(frame):
    """A logarithm of what may be zero."""
    return pd.DataFrame({"log_delay": np.log(frame["dep_delay"].clip(lower=0))})


def overflows(frame):
    """Saves memory by the smallest integer type that holds the batch, and multiplies in it."""
    seats = pd.to_numeric(frame["seats"], downcast="integer")
    return pd.DataFrame({"seats_squared": seats * seats})


def loses_category(frame):
    """Squeezes one column into a series: of one row it is a scalar."""
    return frame[["carrier"]].astype(pd.CategoricalDtype(CARRIERS)).squeeze()


def batch_categories(frame):
    """Categories of the batch, so that the codes behind them differ."""
    return frame[["carrier"]].astype("category")


_CACHE: dict[int, pd.DataFrame] = {}


def cached_by_length(frame):
    """Keeps results under a key that does not tell batches apart."""
    if len(frame) not in _CACHE:
        _CACHE[len(frame)] = pd.DataFrame({"distance": np.log1p(frame["distance"])})
    return _CACHE[len(frame)].set_axis(frame.index)


def lambda_inside():
    """An estimator with a lambda, which cannot be pickled."""
    return FunctionTransformer(lambda frame: frame[["distance"]] / 1000)


class RunningScaler:
    """Learns on while it transforms."""

    def fit(self, frame, y=None):
        self.count_, self.total_ = len(frame), frame["distance"].sum()
        return self

    def transform(self, frame):
        self.count_, self.total_ = self.count_ + len(frame), self.total_ + frame["distance"].sum()
        return frame[["distance"]] - self.total_ / self.count_


def batch_rank(frame):
    """Ranks within the batch."""
    return pd.DataFrame({"rank": frame["distance"].rank(pct=True)})


def batch_quantiles(frame):
    """Bins by the quantiles of the batch."""
    edges = np.quantile(frame["distance"], [0.25, 0.5, 0.75]) if len(frame) else np.zeros(3)
    return pd.DataFrame({"bin": np.digitize(frame["distance"], edges)}, index=frame.index)


def unseen_raises(frame):
    """Looks carriers up in a table that does not hold all there will be."""
    return pd.DataFrame({"carrier": [CODES[carrier] if isinstance(carrier, str) else -1 for carrier in frame["carrier"]]}, index=frame.index)


def unseen_null(frame):
    """Looks carriers up in a table that gives a null for others."""
    return pd.DataFrame({"carrier": frame["carrier"].map(CODES)}, index=frame.index)


def empty_raises(frame):
    """Takes the largest of no rows."""
    widest = max(len(str(carrier)) for carrier in frame["carrier"])
    return pd.DataFrame({"carrier": [str(carrier)[:2].rjust(min(widest, 2)) for carrier in frame["carrier"]]}, index=frame.index)


def null_raises(frame):
    """Casts to integers what may be null."""
    return pd.DataFrame({"delay": frame["dep_delay"].astype("int64")})


def local_clock(frame):
    """Reads seconds since 1970 by the clock of the machine."""
    return pd.DataFrame({"hour": [datetime.datetime.fromtimestamp(float(one)).hour for one in frame["epoch"]]}, index=frame.index)


def hash_of_text(frame):
    """Codes by `hash`, which has another seed in each process."""
    return pd.DataFrame({"carrier": [hash(str(carrier)) % 1000 for carrier in frame["carrier"]]}, index=frame.index)


def fills_from_neighbour(frame):
    """Fills nulls with the row before."""
    return pd.DataFrame({"delay": frame["dep_delay"].ffill().fillna(0.0)})


def looks_ahead(frame):
    """The delay of the next flight of the carrier."""
    return pd.DataFrame({"next": frame.groupby("carrier", dropna=False)["dep_delay"].shift(-1).fillna(0.0)})


class AppearanceEncoder:
    """Learns codes in the order in which levels come."""

    def fit(self, frame, y=None):
        self.codes_ = {level: code for code, level in enumerate(dict.fromkeys(frame["carrier"]))}
        return self

    def transform(self, frame):
        return pd.DataFrame({"carrier": [self.codes_.get(level, -1) for level in frame["carrier"]]}, index=frame.index)


# name -> more words of the check
MUTANTS: dict[str, dict[str, object]] = {
    "batch_statistics": {},
    "batch_mean_fill": {},
    "sorts": {},
    "mutates": {},
    "truncates_times": {},
    "first_departure": {},
    "order_of_appearance": {},
    "global_random": {},
    "drops_nulls": {},
    "resets_index": {},
    "cumulates": {},
    "batch_dummies": {},
    "log_of_zero": {},
    "overflows": {},
    "loses_category": {},
    "batch_categories": {},
    "cached_by_length": {},
    "lambda_inside": {"fit": "flights"},
    "RunningScaler": {"fit": "flights"},
    "batch_rank": {},
    "batch_quantiles": {},
    "unseen_raises": {},
    "unseen_null": {},
    "empty_raises": {},
    "null_raises": {},
    "local_clock": {},
    "hash_of_text": {},
    "fills_from_neighbour": {},
    "looks_ahead": {},
    "AppearanceEncoder": {"fit": "flights"},
}
