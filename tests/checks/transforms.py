"""Transformations for the case table of `transform_parity`: one as it should be, and what others do wrong."""

import contextlib
import os
import socket
import sys
import time

import numpy as np
import pandas as pd

CODES = {"a": 1, "b": 2}


def train(frame):
    return pd.DataFrame({"double": frame["x"] * 2.0, "code": frame["c"].map(CODES).fillna(0).astype("int64")})


def serve(frame):
    return frame.assign(double=frame["x"] + frame["x"], code=[CODES.get(one, 0) for one in frame["c"]])[["double", "code"]]


def serve_row(row):
    return {"double": None if row["x"] is None else 2.0 * row["x"], "code": CODES.get(row["c"], 0)}


def serve_array(frame):
    return serve(frame).to_numpy()


def serve_polars(frame):
    import polars as pl

    return frame.select(
        pl.col("x").cast(pl.Float64).alias("double") * 2, pl.col("c").replace_strict(CODES, default=0, return_dtype=pl.Int64).alias("code")
    )


def knows_only_a(frame):
    """Wrong for a category of the data."""
    return serve(frame).assign(code=lambda out: (frame["c"] == "a").astype("int64"))


def lower_first(frame):
    """Wrong for a category that the data never had."""
    return serve(frame.assign(c=frame["c"].str.lower()))


def fills(frame):
    """Wrong for a null that the data never had."""
    return serve(frame.assign(x=frame["x"].fillna(0.0)))


def of_batch(frame):
    """Wrong for one row alone."""
    return serve(frame).assign(double=lambda out: out["double"] - (frame["x"].mean() if len(frame) > 1 else 0.0) * 0 + (len(frame) == 1))


def dummies(frame):
    return pd.get_dummies(frame["c"]).astype("int64")


def single(frame):
    return serve(frame).astype("float32")


def nearly(frame):
    return serve(frame).assign(double=lambda out: out["double"] * (1 + 1e-12))


def turned(frame):
    return serve(frame)[["code", "double"]]


def renamed(frame):
    return serve(frame).rename(columns={"double": "twice"})


def shorter(frame):
    return serve(frame)[frame["x"].to_numpy() > 0]


def words(frame):
    return serve(frame).astype({"code": "str"})


def nothing(frame):
    return None


def deep(frame):
    return np.zeros((len(frame), 2, 2))


def changes(frame):
    frame["x"] = frame["x"] * 2.0
    return pd.DataFrame({"double": frame["x"], "code": frame["c"].map(CODES).fillna(0).astype("int64")})


def breaks(frame):
    raise ValueError("no such thing today")


def breaks_on_nothing(frame):
    frame["x"].iloc[0]
    return serve(frame)


def leaves(frame):
    sys.exit(3)


def dies(frame):
    os._exit(7)


def hangs(frame):
    time.sleep(600)


def hangs_on_nothing(frame):
    if frame.empty:
        time.sleep(600)
    return serve(frame)


def prints(frame):
    print("working on it")
    return serve(frame)


def calls_home(frame):
    with contextlib.suppress(OSError):
        socket.create_connection(("example.invalid", 443), timeout=1)
    return serve(frame)


CALLS = []


def moody(frame):
    CALLS.append(1)
    return serve(frame).assign(double=lambda out: out["double"] + (len(CALLS) == 3))


def breaks_too(frame):
    raise KeyError("nor here")
