"""A frame as code: evaluated, it is the same frame."""

import datetime  # noqa: F401  for the code
import math
from decimal import Decimal  # noqa: F401

import numpy as np
import pandas as pd
import polars as pl
import pytest
from drawing import drawn
from test_frames_like_rows import REAL
from test_frames_of_contracts import CONTRACT

from mlgate.core.errors import MeasurementError
from mlgate.strategies import as_code, frames


@pytest.mark.parametrize("strategy", [frames(columns=CONTRACT, nulls=True), frames(like=REAL, nulls=True)], ids=["columns", "like"])
def test_a_pandas_frame_is_made_again(strategy):
    for frame in drawn(strategy, 60):
        pd.testing.assert_frame_equal(eval(as_code(frame)), frame, check_freq=False)


def test_a_polars_frame_is_made_again():
    for frame in drawn(frames(like=REAL, library="polars", extreme=True, nulls=True), 60):
        assert eval(as_code(frame)).equals(frame)


def test_an_array_is_made_again():
    array = np.array([[1.0, math.nan], [math.inf, -0.0]])
    np.testing.assert_array_equal(eval(as_code(array)), array)
    assert eval(as_code(np.zeros((0, 3)))).shape == (0, 3)


def test_an_index_is_kept():
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index([5, 7], name="row"))
    pd.testing.assert_frame_equal(eval(as_code(frame)), frame)
    plain = pd.DataFrame({"x": [1, 2]}, index=[5, 7])
    pd.testing.assert_frame_equal(eval(as_code(plain)), plain)


def test_what_is_no_frame_is_refused():
    with pytest.raises(MeasurementError, match="is no frame"):
        as_code([1, 2])
    assert pl.DataFrame({"a": [1]}).equals(eval(as_code(pl.DataFrame({"a": [1]}))))
