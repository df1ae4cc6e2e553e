"""Stored predictions: found and fingerprinted as files, joined by the engine."""

from __future__ import annotations

import pytest

from mlgate.adapters.models.predictions import StoredPredictions
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Model
from mlgate.core.ports import FilesSource
from mlgate.core.registry import load


def stored(path) -> Model:
    return Model(predictions=str(path), dataset="holdout")


def test_the_registry_finds_the_adapter_by_its_file_name():
    assert load("models", "predictions") is StoredPredictions


def test_only_stored_predictions_are_accepted(tmp_path):
    assert StoredPredictions().accepts(stored(tmp_path / "p.csv"))
    assert not StoredPredictions().accepts(Model(artifact="m.skops", dataset="holdout"))


def test_the_file_is_handed_to_the_engine_unread(tmp_path):
    (tmp_path / "p.csv").write_text("id,score\n1,0.5\n")
    assert StoredPredictions().open(stored(tmp_path / "p.csv")) == FilesSource((str(tmp_path / "p.csv"),), "csv")


def test_a_missing_file_is_the_models_fault(tmp_path):
    with pytest.raises(MeasurementError, match="gone") as caught:
        StoredPredictions().open(stored(tmp_path / "gone.parquet"))
    assert caught.value.cause == "model"
    assert caught.value.fix


def test_the_fingerprint_changes_with_the_file(tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("id,score\n1,0.5\n")
    first = StoredPredictions().fingerprint(stored(path))
    path.write_text("id,score\n1,0.5\n2,0.7\n")
    assert StoredPredictions().fingerprint(stored(path)) != first
