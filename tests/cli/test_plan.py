import json
import math

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner
from scipy.stats import norm

from mlgate.cli import main

N, WORSE, BETTER = 1000, 20, 20


@pytest.fixture(scope="module")
def gate_file(tmp_path_factory):
    """Two models of 1,000 rows that differ on 40, each right on 20 of them."""
    folder = tmp_path_factory.mktemp("plan")
    y = np.arange(N) % 2
    pd.DataFrame({"id": np.arange(N), "y": y}).to_parquet(folder / "rows.parquet")
    for name, start in (("new", 0), ("old", 20)):
        wrong = (np.arange(N) >= start) & (np.arange(N) < start + 20)
        pd.DataFrame({"id": np.arange(N), "prediction": np.where(wrong, 1 - y, y)}).to_parquet(folder / f"{name}.parquet")
    compare = {"kind": "compare", "of": "new", "against": "old", "metric": "accuracy"}
    gate = {
        "mlgate": 1,
        "datasets": {"rows": {"path": "rows.parquet", "key": ["id"], "label": "y"}},
        "models": {name: {"predictions": f"{name}.parquet", "dataset": "rows"} for name in ("new", "old")},
        "checks": [
            {"id": "main", "no_worse_by": 0.01, "primary": True, **compare},
            {"id": "wide", "no_worse_by": 0.05, **compare},
            {"id": "keys", "kind": "unique", "of": "rows"},
        ],
    }
    path = folder / "g.gate.yaml"
    path.write_text(yaml.safe_dump(gate, sort_keys=False))
    return path


def planned(path, *options):
    done = CliRunner().invoke(main, ["plan", str(path), "--json", *options])
    assert done.exit_code == 0, done.output
    return {item["id"]: item for item in json.loads(done.stdout)["sampled"]}


def test_the_chance_that_an_equal_candidate_passes_is_phi_of_margin_over_error_less_z(gate_file):
    error = math.sqrt((WORSE + BETTER) / N / N)
    found = planned(gate_file)
    for name, margin in (("main", 0.01), ("wide", 0.05)):
        assert found[name]["chance"] == pytest.approx(norm.cdf(margin / error - norm.isf(0.05)), abs=1e-9)
        assert found[name]["source"] == "data"


def test_the_smallest_loss_shown_fails_with_the_power_of_the_policy(gate_file):
    error, found = math.sqrt((WORSE + BETTER) / N / N), planned(gate_file)
    dual, strict = found["main"], found["wide"]
    critical = max(norm.isf(dual["share"]) * error, 0.01)  # the estimate must reach both
    assert norm.cdf((dual["smallest"] - critical) / error) == pytest.approx(0.9)
    assert norm.cdf((strict["smallest"] - 0.05 - norm.isf(strict["share"]) * error) / error) == pytest.approx(0.9)


def test_an_underpowered_check_says_what_to_do(gate_file):
    found = planned(gate_file)
    assert found["main"]["underpowered"]
    assert f"add {found['main']['rows_needed'] - N:,} rows" in found["main"]["advice"]
    assert not found["wide"]["underpowered"]


def test_without_data_the_stated_discordance_counts(gate_file):
    found = planned(gate_file, "--no-data", "--discordance", "0.04")
    assert found["main"]["source"] == "discordance"
    # Liu et al. 2002: (z_alpha + z_beta)^2 discordance / margin^2
    assert found["main"]["rows_needed"] == math.ceil((norm.isf(0.05) + norm.isf(0.1)) ** 2 * 0.04 / 0.01**2)


def test_exact_checks_are_not_sampled(gate_file):
    assert set(planned(gate_file)) == {"main", "wide"}


def test_no_line_of_the_table_is_longer_than_100_columns(gate_file):
    done = CliRunner().invoke(main, ["plan", str(gate_file), "--no-sql"])
    table = done.stdout[done.stdout.index("sampled item") :]
    assert max(map(len, table.splitlines())) <= 100
    assert "main *" in table


def test_a_model_that_is_gone_leaves_its_check_without_numbers_and_the_rest_intact(gate_file, tmp_path):
    text = gate_file.read_text().replace("new.parquet", "gone.parquet").replace("rows.parquet", str(gate_file.parent / "rows.parquet"))
    path = tmp_path / "g.gate.yaml"
    path.write_text(text)
    done = CliRunner().invoke(main, ["plan", str(path), "--json"])
    assert done.exit_code == 1
    found = {item["id"]: item for item in json.loads(done.stdout)["sampled"]}
    assert found["main"]["n_obs"] is None or found["main"]["source"] != "data"
    assert "not measured" in found["main"]["advice"]
