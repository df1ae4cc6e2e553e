"""Hypothesis in a test run: no deadline, because a shared machine is slow when it likes; the same examples each time in CI."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("mlgate", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI")))
settings.load_profile("mlgate")
