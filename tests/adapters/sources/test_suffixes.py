"""Compressed text is read, and what is not read says what to do instead."""

import duckdb
import pytest

from mlgate.adapters.engines.duckdb import DuckDBEngine
from mlgate.adapters.sources.files import Files
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset


def names(tmp_path, path):
    engine = DuckDBEngine(tmp_path / "run")
    dataset = Dataset(path=str(path))
    schema = engine.open("t", dataset, Files().open(dataset))
    engine.close()
    return schema.types


@pytest.mark.parametrize(("name", "options"), [("a.csv.zst", "delim ';'"), ("a.tsv.zst", "delim e'\\t'"), ("a.jsonl.zst", "")])
def test_zstandard_is_read_with_the_delimiter_of_its_header(tmp_path, name, options):
    kind = "json" if "json" in name else "csv, header true"
    duckdb.sql(f"copy (select 1 as a, 'x,y' as b) to '{tmp_path / name}' (format {kind}{', ' + options if options else ''}, compression zstd)")
    assert names(tmp_path, tmp_path / name) == {"a": "integer", "b": "string"}


@pytest.mark.parametrize(("name", "fix"), [("a.xlsx", "read_excel"), ("a.feather", "read_feather"), ("a.orc", "read_orc"), ("a.csv.bz2", "format:")])
def test_other_formats_say_how_to_hand_them_over(tmp_path, name, fix):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(MeasurementError) as caught:
        Files().open(Dataset(path=str(tmp_path / name)))
    assert caught.value.cause == "configuration"
    assert fix in caught.value.fix
