"""Callables that the example of kind `property` names."""

import numpy as np


def build(frame):
    return frame.fillna(0.0).clip(-60, 1500)


def log_price(frame):
    return frame.assign(log_price=np.log1p(frame["price"]))[["log_price"]]


def price(frame):
    return frame.assign(price=np.expm1(frame["log_price"]))[["price"]]
