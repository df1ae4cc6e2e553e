import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.dataset
import pytest

from mlgate.adapters.sources.frame import Frame
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset

TABLE = pa.table({"x": [1, 2]})


def made():
    return pd.DataFrame({"x": [1]})


def broken():
    raise RuntimeError("no connection")


def refused(frame):
    with pytest.raises(MeasurementError) as caught:
        Frame().open(Dataset(frame=frame))
    assert caught.value.fix
    return caught.value


class OwnFrame(pd.DataFrame):
    pass


@pytest.mark.parametrize(
    "frame",
    [made(), OwnFrame({"x": [1]}), pl.DataFrame({"x": [1]}), pl.LazyFrame({"x": [1]}), TABLE, pyarrow.dataset.dataset(TABLE)],
    ids=lambda frame: f"{type(frame).__module__}.{type(frame).__name__}",
)
def test_frames_are_handed_on_as_they_are(frame):
    assert Frame().open(Dataset(frame=frame)).frame is frame


def test_a_function_is_imported_and_called():
    assert len(Frame().open(Dataset(frame=f"{__name__}:made")).frame) == 1
    assert len(Frame().open(Dataset(frame=made)).frame) == 1


def test_a_function_that_raises_says_so():
    assert "no connection" in refused(f"{__name__}:broken").what


@pytest.mark.parametrize("name", ["nowhere_at_all:f", f"{__name__}:nothing"])
def test_a_name_that_is_not_there_is_a_fault_of_the_gate_file(name):
    assert refused(name).cause == "configuration"


@pytest.mark.parametrize("stream", [TABLE.to_reader(), (row for row in [1]), iter([1])], ids=["reader", "generator", "iterator"])
def test_a_stream_is_refused_because_its_second_scan_is_empty(stream):
    assert "only once" in refused(stream).what


@pytest.mark.parametrize("thing", [[1, 2], {"x": [1]}, pd.Series([1]), 5])
def test_what_is_no_frame_is_refused(thing):
    assert "not a frame" in refused(thing).what
