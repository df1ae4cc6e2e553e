"""Laws of the features, tried on rows like those of trips.csv. Nothing of mlgate's gate is needed: this is a plain test file."""

from pathlib import Path

import features
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from mlgate.strategies import frames

TRIPS = Path(__file__).with_name("trips.csv")
trips = frames(like=TRIPS)
filed = frames(
    columns={
        "pickup": {"type": "timestamp", "values": {"between": ["2024-01-01", "2024-12-31T23:59:59"]}},
        "zone": {"values": {"in": ["Harlem", "JFK", "Astoria"]}},
        "km": {"type": "float", "values": {"between": [0, 60]}},
        "fare": {"type": "float", "values": {"between": [0, 400]}},
        "passengers": {"type": "float", "values": {"between": [1, 6]}, "null_share": {"at_most": 0.1}},
    },
    min_rows=1,
)


@given(trips)
def test_every_trip_gets_one_row_of_features(frame):
    assert len(features.build(frame)) == len(frame)


@given(filed)
def test_what_is_paid_per_kilometre_is_finite_where_it_is_known(frame):
    known = features.build(frame)["fare_per_km"].dropna()
    assert np.isfinite(known).all()


@pytest.mark.xfail(raises=ValueError, strict=True, reason="2024-03-10 02:30 was never shown by a clock in New York")
@settings(report_multiple_bugs=False)
@given(frames(like=TRIPS, min_rows=1))
def test_the_first_version_kept_every_trip(frame):
    counted = frame.assign(passengers=frame["passengers"].fillna(1))
    assert len(features.build_first(counted)) == len(frame)


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="a trip that was paid and went nowhere")
@settings(report_multiple_bugs=False)
@given(filed)
def test_the_first_version_was_finite(frame):
    usual = frame.assign(pickup=pd.Timestamp("2024-01-05 08:12"), passengers=1.0)
    assert not np.isinf(features.build_first(usual)["fare_per_km"]).any()
