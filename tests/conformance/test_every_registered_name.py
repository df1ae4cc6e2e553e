"""Every registered metric, distance and kind, ours and those of the third parties that are installed, through its suite."""

import pytest

from mlgate.core.registry import entries, load
from mlgate.testing import check_distance, check_kind, check_metric


@pytest.mark.parametrize("name", entries("metrics"))
def test_the_metric_does_what_every_metric_must(name):
    check_metric(load("metrics", name))


@pytest.mark.parametrize("name", entries("distances"))
def test_the_distance_does_what_every_distance_must(name):
    check_distance(load("distances", name))


@pytest.mark.parametrize("name", entries("checks"))
def test_the_kind_does_what_every_kind_must(name):
    check_kind(load("checks", name))
