"""Features of taxi trips: as they were first written, and as they are now. Pickup times are what the meter shows: New York's time of day."""

import numpy as np
import pandas as pd

NEW_YORK = "America/New_York"


def build_first(trips: pd.DataFrame) -> pd.DataFrame:
    """Worked on every trip of the training data."""
    pickup = trips["pickup"].dt.tz_localize(NEW_YORK)
    return pd.DataFrame(
        {
            "utc_hour": pickup.dt.tz_convert("UTC").dt.hour,
            "zone": trips["zone"].str.strip().str.upper(),
            "fare_per_km": trips["fare"] / trips["km"],
            "passengers": trips["passengers"].fillna(trips["passengers"].mode()[0]),
        }
    )


def build(trips: pd.DataFrame) -> pd.DataFrame:
    """Says what becomes of hours that the clock skips or shows twice, of trips of no length, and of a batch without any passenger count."""
    pickup = trips["pickup"].dt.tz_localize(NEW_YORK, ambiguous="NaT", nonexistent="shift_forward")
    return pd.DataFrame(
        {
            "utc_hour": pickup.dt.tz_convert("UTC").dt.hour,
            "zone": trips["zone"].str.strip().str.upper(),
            "fare_per_km": trips["fare"] / trips["km"].where(trips["km"] >= 0.01, np.nan),
            "passengers": trips["passengers"].fillna(1),
        }
    )
