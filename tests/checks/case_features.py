"""Callables for the case table of kind `property`."""

import os
import signal
import socket
import sys

import numpy as np
import pandas as pd

NUMBER = 5


def sound(frame):
    print("a line that nobody asked for")
    return pd.DataFrame({"delay": frame["delay"].fillna(0.0).clip(-60, 600), "far": frame["distance"] > 1000})


def batch_mean(frame):
    return pd.DataFrame({"delay": frame["delay"] - frame["delay"].mean()})


def mutates(frame):
    frame["delay"] = frame["delay"].fillna(0.0)
    return frame[["delay"]]


def log_distance(frame):
    return pd.DataFrame({"log": np.log(frame["distance"])})


def log_price(frame):
    return pd.DataFrame({"log_price": np.log1p(frame["price"])})


def wrong_price(frame):
    return pd.DataFrame({"price": np.exp(frame["log_price"])})


def price(frame):
    return pd.DataFrame({"price": np.expm1(frame["log_price"])})


def clock(frame):
    return pd.DataFrame({"hour": frame["minute"] % 720})


def trims(frame):
    return frame.assign(text=frame["text"].str.removeprefix("x"))


def drops_all(frame):
    return frame.iloc[:0]


def wants_more(frame, country):
    return frame


def raises(frame):
    raise ValueError("no luck with these rows")


def gives_nothing(frame):
    return None


def hangs(frame):
    while True:
        pass


def dies(frame):
    os.kill(os.getpid(), signal.SIGSEGV)


def leaves(frame):
    os._exit(7)


def exits(frame):
    sys.exit("enough")


def calls_home(frame):
    socket.create_connection(("features.example.invalid", 443), timeout=1)
    return frame


def slow(frame):
    ends = os.times().elapsed + 0.3
    while os.times().elapsed < ends:
        pass
    return frame[["distance"]]
