"""Iceberg tables: only the current snapshot is read, without a catalog."""

import pyarrow as pa
import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.files import Files
from mlgate.adapters.sources.iceberg import Iceberg
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.request import Counts
from mlgate.core.view import View
from mlgate.planning.fuse import plan

sql = pytest.importorskip("pyiceberg.catalog.sql", reason="pyiceberg[sql-sqlite], which writes the tables of these tests, is not installed")
pytestmark = pytest.mark.filterwarnings("default")  # pyiceberg says that it rewrites files where it deletes rows
TABLE = pa.table({"id": [1, 2, 3], "x": [0.5, None, 2.0]})


@pytest.fixture
def flights(tmp_path):
    catalog = sql.SqlCatalog("c", uri=f"sqlite:///{tmp_path}/catalog.db", warehouse=f"file://{tmp_path}/warehouse")
    catalog.create_namespace("n")
    table = catalog.create_table("n.flights", schema=TABLE.schema)
    table.append(TABLE)
    table.delete("id == 2")
    catalog.close()
    return next((tmp_path / "warehouse").rglob("metadata")).parent


@pytest.fixture
def engine(tmp_path):
    made = DuckDBEngine(tmp_path / "run")
    yield made
    made.close()


def dataset(path):
    return Dataset(path=str(path), format="iceberg")


def test_the_current_snapshot_can_be_read_again_and_again(flights, engine):
    opened = Iceberg().open(dataset(flights))
    assert engine.open("t", dataset(flights), opened).types == {"id": "integer", "x": "float"}
    engine.lock()
    (scan,) = plan([request := Counts(("id",), View("t"))]).scans
    for _ in range(2):
        assert engine.answer(scan, [request])[request] == {(1,): 1, (3,): 1}


def test_a_metadata_file_names_its_own_snapshot(flights, engine):
    appended = sorted((flights / "metadata").glob("*.metadata.json"))[1]
    engine.open("t", dataset(appended), Iceberg().open(dataset(appended)))
    (scan,) = plan([request := Counts(("id",), View("t"))]).scans
    assert engine.answer(scan, [request])[request] == {(1,): 1, (2,): 1, (3,): 1}


def test_a_version_hint_decides_and_two_newest_files_do_not(flights):
    source = Iceberg()
    newest = source.fingerprint(source.open(dataset(flights)))
    assert newest.startswith("flights: 00002-")
    (flights / "metadata" / "version-hint.text").write_text("1\n")
    assert source.fingerprint(source.open(dataset(flights))).startswith("flights: 00001-")
    (flights / "metadata" / "version-hint.text").unlink()
    (flights / "metadata" / "00002-other.metadata.json").write_text("{}")
    with pytest.raises(MeasurementError, match="cannot be told"):
        source.open(dataset(flights))


def test_the_files_of_an_iceberg_table_are_not_read_as_plain_parquet(flights):
    with pytest.raises(MeasurementError, match="rows that were deleted or replaced would count") as caught:
        Files().open(Dataset(path=f"{flights}/data/*.parquet"))
    assert "format: iceberg" in caught.value.fix


def test_a_folder_that_is_none_and_broken_metadata_are_errors(flights, tmp_path):
    with pytest.raises(MeasurementError, match="is no Iceberg table"):
        Iceberg().open(dataset(tmp_path))
    for path in (flights / "metadata").glob("*.metadata.json"):
        path.write_text("{}")
    with pytest.raises(MeasurementError, match="00002-") as caught:
        Iceberg().open(dataset(flights))
    assert caught.value.fix
