"""Folders named `column=value`."""

import datetime

import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet as pq
import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.files import Files
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import FrameSource
from mlgate.core.request import Counts, Rows
from mlgate.core.view import View
from mlgate.planning.fuse import plan


@pytest.fixture
def engine(tmp_path):
    made = DuckDBEngine(tmp_path / "run")
    yield made
    made.close()


def write(path, table):
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(table) if isinstance(table, dict) else table, path)


def opened(engine, path, **more):
    dataset = Dataset(path=str(path), **more)
    return engine.open("t", dataset, Files().open(dataset))


def refused(engine, path, **more):
    with pytest.raises(MeasurementError) as caught:
        opened(engine, path, **more)
    assert caught.value.fix
    return caught.value.what


def ask(engine, request):
    (scan,) = plan([request]).scans
    (batch,) = scan.batches
    return engine.answer(scan, batch)[request]


def read(engine, *columns):
    return {name: values.tolist() for name, values in ask(engine, Rows(columns, View("t"))).items()}


def test_folder_names_become_columns_with_types_from_all_their_values(engine, tmp_path):
    root = tmp_path / "run=3" / "data"  # a folder above the dataset's own adds nothing
    write(root / "year=2013" / "month=01" / "day=2013-01-31" / "name=a%2Fb" / "p.parquet", {"x": [1, 2]})
    write(root / "year=2014" / "month=12" / "day=2014-12-01" / "name=7" / "p.parquet", {"x": [3]})
    schema = opened(engine, root)
    assert schema.types == {"x": "integer", "year": "integer", "month": "integer", "day": "date", "name": "string"}
    engine.lock()
    assert read(engine, "x", "year", "month", "name") == {
        "x": [1, 2, 3],
        "year": [2013, 2013, 2014],
        "month": [1, 1, 12],
        "name": ["a/b", "a/b", "7"],
    }
    assert ask(engine, Counts(("day",), View("t"))) == {(datetime.date(2013, 1, 31),): 2, (datetime.date(2014, 12, 1),): 1}


@pytest.mark.parametrize("name", ["p.csv", "p.jsonl"])
def test_text_files_have_partitions_too(engine, tmp_path, name):
    for year, text in ((2013, "a"), (2014, "b")):
        (tmp_path / "data" / f"year={year}").mkdir(parents=True)
        (tmp_path / "data" / f"year={year}" / name).write_text(f"s\n{text}\n" if name == "p.csv" else f'{{"s": "{text}"}}\n')
    assert opened(engine, tmp_path / "data").types == {"s": "string", "year": "integer"}
    assert read(engine, "s", "year") == {"s": ["a", "b"], "year": [2013, 2014]}


def test_a_missing_partition_value_is_null(engine, tmp_path):
    for value in ("3", "__HIVE_DEFAULT_PARTITION__"):
        write(tmp_path / "data" / f"k={value}" / "p.parquet", {"x": [1]})
    assert opened(engine, tmp_path / "data").types["k"] == "integer"
    assert ask(engine, Counts(("k",), View("t"))) == {(3,): 1, (None,): 1}


def test_a_glob_counts_from_its_first_wildcard_on_and_a_file_adds_nothing(engine, tmp_path):
    path = tmp_path / "year=2013" / "month=1" / "p.parquet"
    write(path, {"x": [1]})
    assert opened(engine, tmp_path / "year=2013" / "*" / "*.parquet").names == ("x", "month")
    assert opened(engine, path).names == ("x",)


def test_partitions_of_other_columns_are_an_error_that_names_the_file(engine, tmp_path):
    write(tmp_path / "data" / "year=2013" / "p.parquet", {"x": [1]})
    write(tmp_path / "data" / "month=1" / "p.parquet", {"x": [1]})
    assert "year=2013/p.parquet lies under the partition columns year" in refused(engine, tmp_path / "data")
    write(tmp_path / "mixed" / "year=2013" / "p.parquet", {"x": [1]})
    write(tmp_path / "mixed" / "p.parquet", {"x": [1]})
    assert "partition columns" in refused(engine, tmp_path / "mixed")


def test_a_partition_with_other_columns_or_types_names_itself_and_the_column(engine, tmp_path):
    write(tmp_path / "data" / "year=2013" / "p.parquet", {"x": [1], "s": ["a"]})
    write(tmp_path / "data" / "year=2014" / "p.parquet", {"x": ["1"], "s": ["a"]})
    what = refused(engine, tmp_path / "data")
    assert "column 'x' is string in" in what
    assert "year=2014" in what
    write(tmp_path / "data" / "year=2014" / "p.parquet", {"x": [1]})
    what = refused(engine, tmp_path / "data")
    assert "lacks s" in what
    assert "year=2014" in what


def test_integers_in_one_partition_and_floats_in_another_are_numbers(engine, tmp_path):
    write(tmp_path / "data" / "year=2013" / "p.parquet", {"x": [1]})
    write(tmp_path / "data" / "year=2014" / "p.parquet", {"x": [0.5]})
    assert opened(engine, tmp_path / "data").types["x"] == "float"


def test_a_partition_without_rows_says_nothing_about_types(engine, tmp_path):
    write(tmp_path / "data" / "year=2013" / "p.parquet", {"x": [datetime.date(2026, 1, 1)]})
    nothing = pd.DataFrame({"x": pd.Series([], dtype=object)})
    write(tmp_path / "data" / "year=2014" / "p.parquet", pa.Table.from_pandas(nothing, preserve_index=False))
    assert opened(engine, tmp_path / "data").types == {"x": "date", "year": "integer"}
    assert read(engine, "year") == {"year": [2013]}


def test_a_partition_of_nulls_alone_that_was_written_without_a_type_fits_any(engine, tmp_path):
    for year, values in ((2013, pa.nulls(1)), (2014, ["a"]), (2015, pa.nulls(2))):
        write(tmp_path / "data" / f"year={year}" / "p.parquet", {"s": values})
    assert opened(engine, tmp_path / "data").types["s"] == "string"
    assert read(engine, "s") == {"s": [None, "a", None, None]}


def test_a_column_in_the_files_and_in_a_folder_name_is_an_error(engine, tmp_path):
    write(tmp_path / "data" / "Year=2013" / "p.parquet", {"year": [1999]})
    assert "column 'Year' is in" in refused(engine, tmp_path / "data")
    write(tmp_path / "run=1" / "data" / "run=2" / "p.parquet", {"x": [1]})
    assert "two folders name the column 'run'" in refused(engine, tmp_path / "run=1" / "data")
    write(tmp_path / "run=5" / "data" / "k=2" / "p.parquet", {"run": [1]})
    assert "column 'run' is in" in refused(engine, tmp_path / "run=5" / "data")


def test_a_folder_of_empty_partitions_is_an_error(engine, tmp_path):
    (tmp_path / "data" / "year=2013").mkdir(parents=True)
    assert "holds no data files" in refused(engine, tmp_path / "data")


def test_an_arrow_dataset_keeps_its_partitions(engine, tmp_path):
    for year in (2013, 2014):
        write(tmp_path / "data" / f"year={year}" / "p.parquet", {"x": [year * 10]})
    partitioning = pa.dataset.partitioning(flavor="hive")
    for number, typed in enumerate((partitioning, pa.dataset.HivePartitioning.discover(infer_dictionary=True))):
        frame = pa.dataset.dataset(tmp_path / "data", format="parquet", partitioning=typed)
        schema = engine.open(f"t{number}", Dataset(frame="m:f"), FrameSource(frame))
        assert schema.names == ("x", "year")
        for _ in range(2):
            counted = ask(engine, Counts(("year", "x"), View(f"t{number}")))
            assert {(int(year), x): count for (year, x), count in counted.items()} == {(2013, 20130): 1, (2014, 20140): 1}
