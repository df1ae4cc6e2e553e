"""Features as training code computes them, with pandas."""

from __future__ import annotations

from typing import Any

FEATURES = ["distance", "dep_hour", "dow", "hour", "departs_at"]


def features(flights: Any) -> Any:
    """One row for each flight, by `flight_id`."""
    import pandas as pd

    day = pd.to_datetime(flights[["year", "month", "day"]])
    departs = pd.to_datetime(flights.time_hour, utc=True) + pd.to_timedelta(flights.minute, unit="min")
    made = {
        "flight_id": day.dt.strftime("%Y-%m-%d") + "-" + flights.carrier + flights.flight.astype(str) + "-" + flights.origin,
        "carrier": flights.carrier,
        "distance": flights.distance.astype("int64"),
        "dep_hour": flights.sched_dep_time / 100,  # 17:45 is 17.45: the trees do not mind
        "dow": day.dt.day_of_week,  # Monday is 0
        "hour": flights.hour,  # local, as passengers live it
        "departs_at": (departs - pd.Timestamp("1970-01-01", tz="UTC")) // pd.Timedelta(seconds=1),
    }
    return pd.DataFrame(made)
