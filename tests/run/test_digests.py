"""Locking a dataset by its bytes or by its content."""

import pandas as pd
import pytest
from click.testing import CliRunner

from mlgate.cli import main
from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TableSchema
from mlgate.core.verdict import Outcome
from mlgate.gatefile.loader import load
from mlgate.run.content_lock import content_digest_of
from mlgate.run.digests import digests

ROWS = {"id": [1, 2, 3], "x": [0.5, 2.0, None]}
CHECKS = [{"id": "volume", "kind": "rows", "of": "t", "rows": {"equals": 3}}]


@pytest.fixture
def gate(tmp_path):
    pd.DataFrame(ROWS).to_csv(tmp_path / "t.csv", index=False)
    pd.DataFrame(ROWS).to_parquet(tmp_path / "t.parquet")
    path = tmp_path / "g.gate.yaml"
    path.write_text(
        "mlgate: 1\ndatasets:\n  t: {path: t.csv}\n  same: {path: t.parquet}\n  gone: {path: gone.csv}\n"
        "checks:\n  - {id: volume, kind: rows, of: t, rows: {equals: 3}}\n"
    )
    return path


def test_the_digests_that_are_printed_are_those_that_a_run_accepts(judged, gate):
    (found,) = digests(load(gate), ["t"])
    for digest in (found.bytes, found.content):
        (verdict,) = judged({"t": ROWS}, datasets={"t": {"path": "t.csv", "digest": digest}}, checks=CHECKS).values()
        assert verdict.outcome is Outcome.PASS


def test_content_survives_a_change_of_format_and_bytes_do_not(gate):
    csv, parquet = digests(load(gate), ["t", "same"])
    assert csv.content == parquet.content
    assert csv.bytes != parquet.bytes


def test_other_content_is_an_error_that_says_got_and_expected(judged):
    wrong = f"content:{'0' * 64}"
    (verdict,) = judged({"t": ROWS}, datasets={"t": {"path": "t.csv", "digest": wrong}}, checks=CHECKS).values()
    assert verdict.outcome is Outcome.ERROR
    assert "got content:" in verdict.reason
    assert f"expected {wrong}" in verdict.reason


def test_the_command_prints_both_digests_of_each_dataset_and_the_errors_of_others(gate):
    done = CliRunner().invoke(main, ["digest", str(gate)])
    csv, same, gone = digests(load(gate), ["t", "same", "gone"])
    assert done.exit_code == 1
    assert f't:\n  digest: "{csv.bytes}"\n  digest: "{csv.content}"\nsame:\n' in done.stdout
    assert "file not found" in gone.content.what
    assert "file not found" in done.stderr
    one = CliRunner().invoke(main, ["digest", str(gate), "same"])
    assert (one.exit_code, one.stdout.count(same.content), one.stdout.count("digest:")) == (0, 1, 2)


def test_an_error_about_a_value_comes_without_the_marks_around_it(gate, tmp_path):
    (tmp_path / "t.csv").write_text('id,x\n1,"unclosed\n')
    done = CliRunner().invoke(main, ["digest", str(gate), "t"])
    assert done.exit_code == 1
    assert "t.csv" in done.stderr
    assert not [char for char in done.stderr if "\ue000" <= char <= "\ue003"]


def test_an_engine_that_cannot_make_one_says_so():
    with pytest.raises(MeasurementError, match="makes no content digest") as caught:
        content_digest_of(object(), TableSchema("t", ()))
    assert "sha256:" in caught.value.fix


def test_an_unknown_dataset_and_a_broken_file_are_wrong_usage(gate):
    assert "datasets are t, same, gone" in CliRunner().invoke(main, ["digest", str(gate), "u"]).stderr
    gate.write_text("mlgate: 2\n")
    assert CliRunner().invoke(main, ["digest", str(gate)]).exit_code == 2
