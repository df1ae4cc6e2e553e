"""Delta tables: only the live version is read."""

import pyarrow as pa
import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.delta import Delta
from mlgate.adapters.sources.files import Files
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.request import Counts
from mlgate.core.view import View
from mlgate.planning.fuse import plan

deltalake = pytest.importorskip("deltalake", reason="the extra `delta` is not installed")
TABLE = pa.table({"id": [1, 2, 3, 4], "year": [2013, 2013, 2014, 2014], "x": [0.5, None, 2.0, 3.0]})


@pytest.fixture
def flights(tmp_path):
    folder = tmp_path / "flights"
    deltalake.write_deltalake(str(folder), TABLE, partition_by=["year"])
    deltalake.DeltaTable(str(folder)).delete("id = 2")
    return folder


@pytest.fixture
def engine(tmp_path):
    made = DuckDBEngine(tmp_path / "run")
    yield made
    made.close()


def dataset(folder):
    return Dataset(path=str(folder), format="delta")


def test_rows_that_were_deleted_are_not_read_and_partitions_are_columns(flights, engine):
    opened = Delta().open(dataset(flights))
    assert engine.open("t", dataset(flights), opened).types == {"id": "integer", "year": "integer", "x": "float"}
    engine.lock()
    (scan,) = plan([request := Counts(("id", "year"), View("t"))]).scans
    for _ in range(2):
        assert engine.answer(scan, [request])[request] == {(1, 2013): 1, (3, 2014): 1, (4, 2014): 1}


def test_the_version_that_was_opened_is_its_fingerprint_and_stays(flights):
    source = Delta()
    opened = source.open(dataset(flights))
    assert source.fingerprint(opened) == "flights: version 1"
    deltalake.write_deltalake(str(flights), TABLE, mode="overwrite")
    assert opened.frame.count_rows() == 3
    assert source.fingerprint(source.open(dataset(flights))) == "flights: version 2"


@pytest.mark.parametrize("path", [".", "*/*.parquet", "year=2013"])
def test_the_files_of_a_delta_table_are_not_read_as_plain_parquet(flights, path):
    with pytest.raises(MeasurementError, match="rows that were deleted or replaced would count") as caught:
        Files().open(Dataset(path=str(flights / path)))
    assert f"path: {flights}` and `format: delta`" in caught.value.fix


def test_a_folder_that_is_none_and_a_broken_log_are_errors(flights, tmp_path):
    with pytest.raises(MeasurementError, match="is no Delta table"):
        Delta().open(dataset(tmp_path))
    with pytest.raises(MeasurementError) as caught:
        Delta().open(dataset(tmp_path / "absent"))
    assert caught.value.missing
    for entry in (flights / "_delta_log").iterdir():
        entry.write_text("{broken")
    with pytest.raises(MeasurementError, match=str(flights)) as caught:
        Delta().open(dataset(flights))
    assert caught.value.fix
