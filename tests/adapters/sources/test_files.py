import gzip
import hashlib
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.adapters.sources.files import Files
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset


@pytest.fixture
def parquet(tmp_path):
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"id": [1, 2]}), path)
    return path


def opened(path, **more):
    return Files().open(Dataset(path=str(path), **more))


def refused(path, **more):
    with pytest.raises(MeasurementError) as caught:
        opened(path, **more)
    assert caught.value.fix
    return caught.value


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        *(("a.csv", "csv"), ("a.CSV", "csv"), ("a.csv.gz", "csv"), ("a.tsv", "csv"), ("a.json", "jsonl"), ("a.jsonl", "jsonl")),
        *(("a.ndjson", "jsonl"), ("a.jsonl.gz", "jsonl"), ("b.2026.csv", "csv")),
    ],
)
def test_the_suffix_says_the_format(tmp_path, name, format_):
    (tmp_path / name).write_bytes(gzip.compress(b"x") if name.endswith("gz") else b"x\n1\n")
    found = opened(tmp_path / name)
    assert (found.format, found.paths) == (format_, (str(tmp_path / name),))


def test_format_stands_in_for_a_missing_suffix(tmp_path):
    (tmp_path / "data").write_text("x\n1\n")
    assert opened(tmp_path / "data", format="csv").format == "csv"
    assert "unknown suffix" in refused(tmp_path / "data").what
    assert refused(tmp_path / "data").cause == "configuration"


def test_a_glob_gives_all_matches_in_sorted_order(tmp_path):
    for name in ("2013-07.csv", "2013-06.csv", "other.txt"):
        (tmp_path / name).write_text("x\n1\n")
    assert [Path(path).name for path in opened(tmp_path / "2013-*.csv").paths] == ["2013-06.csv", "2013-07.csv"]


def test_a_folder_gives_its_files_of_one_suffix_recursively(tmp_path):
    (tmp_path / "day1").mkdir()
    for name in ("day1/a.csv", "b.csv", "README", "_SUCCESS", ".hidden.csv"):
        (tmp_path / name).write_text("x\n1\n")
    assert [os.path.relpath(path, tmp_path) for path in opened(tmp_path).paths] == ["b.csv", "day1/a.csv"]


def test_a_path_with_wildcards_in_its_name_is_a_file_first(tmp_path):
    (tmp_path / "a[1].csv").write_text("x\n1\n")
    assert opened(tmp_path / "a[1].csv").paths == (str(tmp_path / "a[1].csv"),)


def test_a_missing_file_says_what_is_there_and_is_marked_missing(tmp_path):
    (tmp_path / "present.csv").write_text("x\n")
    error = refused(tmp_path / "absent.csv")
    assert error.missing
    assert "absent.csv" in error.what
    assert "present.csv" in error.fix


@pytest.mark.parametrize("name", ["*.parquet", "nowhere/x.csv"])
def test_no_match_and_no_folder_are_errors(tmp_path, name):
    assert refused(tmp_path / name).missing


def test_an_empty_file_is_an_error(tmp_path):
    (tmp_path / "a.csv").touch()
    assert "0 bytes" in refused(tmp_path / "a.csv").what


def test_a_cut_off_parquet_file_is_an_error(parquet):
    whole = parquet.read_bytes()
    for size in (5, len(whole) // 2, len(whole) - 1):
        parquet.write_bytes(whole[:size])
        assert "cut off" in refused(parquet).what


def test_a_file_that_is_no_parquet_is_an_error(tmp_path):
    (tmp_path / "a.parquet").write_text("id,x\n1,2\n")
    assert "not a Parquet file" in refused(tmp_path / "a.parquet").what


def test_one_cut_off_file_of_many_is_found(parquet, tmp_path):
    (tmp_path / "b.parquet").write_bytes(parquet.read_bytes()[:-4])
    assert "b.parquet" in refused(tmp_path / "*.parquet").what


def test_a_folder_without_data_files_is_an_error(tmp_path):
    (tmp_path / "notes.txt").write_text("x")
    assert "no data files" in refused(tmp_path).what


def test_mixed_suffixes_are_an_error(tmp_path):
    for name in ("a.csv", "b.jsonl"):
        (tmp_path / name).write_text("x\n")
    assert ".csv, .jsonl" in refused(tmp_path).what
    assert "csv, jsonl" in refused(tmp_path / "*").what


def test_other_bytes_than_the_digest_are_an_error(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(f"{name}\n1\n")
    digest = "sha256:" + hashlib.sha256(b"a.csv\n1\nb.csv\n1\n").hexdigest()
    assert len(opened(tmp_path / "*.csv", digest=digest).paths) == 2
    (tmp_path / "b.csv").write_text("b.csv\n2\n")
    assert digest in refused(tmp_path / "*.csv", digest=digest).what


def test_the_fingerprint_changes_with_the_file_and_stays_short(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x\n1\n")
    before = Files().fingerprint(opened(path))
    path.write_text("x\n1\n2\n")
    assert Files().fingerprint(opened(path)) != before
    for number in range(20):
        (tmp_path / f"{number}.csv").write_text("x\n")
    assert Files().fingerprint(opened(tmp_path)).startswith("21 files, newest ")


def test_it_accepts_paths_only():
    assert Files().accepts(Dataset(path="a.csv"))
    assert not Files().accepts(Dataset(table="duckdb:a.db:t"))


def test_a_ledger_of_uses_beside_the_data_is_no_data(tmp_path):
    for name in ("a.jsonl", "a.jsonl.uses.jsonl", "a.jsonl.uses.jsonl.lock"):
        (tmp_path / name).write_text('{"x": 1}\n')
    for place in (tmp_path, tmp_path / "a*"):
        assert [Path(path).name for path in opened(place, format="jsonl").paths] == ["a.jsonl"]
