"""A password in a gate file is in no message about it."""

import pytest

from mlgate.core.errors import GateFileError
from mlgate.gatefile.faults import render
from mlgate.gatefile.loader import load
from mlgate.gatefile.secrets import masked

CHECKS = "checks: [{id: a, kind: rows, of: t, rows: {at_least: 1}}]\n"
URL = "postgresql://me:hunter2@h/db"


@pytest.mark.parametrize(
    "dataset",
    [
        f"{{tabel: 'postgres:{URL}:t'}}",
        f"{{table: 'postgres:{URL}:t', path: x.csv}}",
        f"{{table: 'postgres:{URL}:t', digest: 'sha256:0'}}",
        f"{{table: ['postgres:{URL}:t']}}",
        "{table: 'postgres:host=h password=hunter2 dbname=db:t', key: {}}",
        "{table: 'postgres:host=h password=hunter2 dbname=${UNSET}:t'}",
        f"{{table: 'postgres:{URL}', path: x.csv, path: y.csv}}",
    ],
)
def test_no_fault_shows_it(tmp_path, dataset):
    path = tmp_path / "g.gate.yaml"
    path.write_text(f"mlgate: 1\ndatasets:\n  t: {dataset}\n{CHECKS}")
    with pytest.raises(GateFileError) as caught:
        load(path, env={})
    text = f"{caught.value}\n{render(caught.value)}"
    assert "hunter2" not in text
    assert "datasets.t" in text or "g.gate.yaml:3" in text


def test_a_long_value_is_masked_before_it_is_cut(tmp_path):
    path = tmp_path / "g.gate.yaml"
    secret = "s3cret" * 30
    path.write_text(f"mlgate: 1\ndatasets:\n  t: {{table: 'postgres:postgresql://me:{secret}@h/db:t', path: x}}\n{CHECKS}")
    with pytest.raises(GateFileError) as caught:
        load(path, env={})
    assert "s3cret" not in render(caught.value)


def test_the_length_stays_and_other_text_too():
    assert masked(URL) == "postgresql://**********@h/db"
    assert masked("password='a b' x") == "password=***** x"
    assert masked("mail@example.org and password > 3") == "mail@example.org and password > 3"


def test_a_table_is_filled_in_from_the_environment(tmp_path):
    path = tmp_path / "g.gate.yaml"
    path.write_text(f"mlgate: 1\ndatasets:\n  t: {{table: 'postgres:postgresql://${{WHO:-me}}:${{PGPASSWORD}}@h/db:t'}}\n{CHECKS}")
    assert load(path, env={"PGPASSWORD": "x y"}).datasets["t"].table == "postgres:postgresql://me:x y@h/db:t"
    with pytest.raises(GateFileError, match="PGPASSWORD is not set"):
        load(path, env={})
