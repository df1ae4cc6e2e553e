import pytest

from mlgate.adapters.sources.table import DatabaseTable
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import TableSource


def refused(table):
    with pytest.raises(MeasurementError) as caught:
        DatabaseTable().open(Dataset(table=table))
    assert caught.value.fix
    return caught.value


def test_a_table_is_a_driver_a_file_and_a_name(tmp_path):
    path = tmp_path / "odd:name.db"
    path.write_bytes(b"x")
    assert DatabaseTable().open(Dataset(table=f"sqlite:{path}:main.t")) == TableSource("sqlite", str(path), "main.t")


@pytest.mark.parametrize("table", ["t", "sqlite:t", "sqlite::t", "duckdb:f.db:", ":f.db:t"])
def test_other_forms_are_a_fault_of_the_gate_file(table):
    assert refused(table).cause == "configuration"


def test_an_unknown_driver_names_the_known_ones():
    assert "duckdb:file.db:table" in refused("oracle:f.db:t").fix


def test_a_missing_and_an_empty_database_are_errors(tmp_path):
    assert refused(f"duckdb:{tmp_path}/absent.db:t").missing
    (tmp_path / "empty.db").touch()
    assert "0 bytes" in refused(f"duckdb:{tmp_path}/empty.db:t").what
    assert not refused(f"duckdb:{tmp_path}:t").missing


def test_the_fingerprint_changes_with_the_file(tmp_path):
    path, source = tmp_path / "a.db", DatabaseTable()
    path.write_bytes(b"x")
    before = source.fingerprint(source.open(Dataset(table=f"duckdb:{path}:t")))
    path.write_bytes(b"xy")
    assert source.fingerprint(source.open(Dataset(table=f"duckdb:{path}:t"))) != before
