import pytest

from mlgate.adapters.sources.spark_table import SparkTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import TableSource


def test_only_tables_of_spark_are_taken():
    assert SparkTable().accepts(Dataset(table="spark:a.b.c"))
    assert not SparkTable().accepts(Dataset(table="duckdb:file.db:t"))
    assert not SparkTable().accepts(Dataset(path="spark:x"))


def test_the_name_is_what_stands_behind_the_colon():
    opened = SparkTable().open(Dataset(table="spark:delta.`s3://bucket/t`", engine="spark"))
    assert opened == TableSource("spark", "", "delta.`s3://bucket/t`")
    assert SparkTable().fingerprint(opened) == "spark:delta.`s3://bucket/t`"


@pytest.mark.parametrize(("table", "engine", "words"), [("spark:", "spark", "not a table"), ("spark:t", "duckdb", "engine: duckdb")])
def test_what_cannot_be_read_is_an_error_with_a_fix(table, engine, words):
    with pytest.raises(MeasurementError, match=words) as found:
        SparkTable().open(Dataset(table=table, engine=engine))
    assert found.value.fix
