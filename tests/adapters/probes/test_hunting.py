import time

import pytest
from hypothesis import settings, strategies
from hypothesis.database import DirectoryBasedExampleDatabase

from mlgate.adapters.probes._property.hunting import Hunt


@pytest.fixture
def keeping(tmp_path):
    """A project in which hypothesis keeps what it found."""
    before = settings.get_current_profile_name()
    settings.register_profile("keeping", derandomize=False, database=DirectoryBasedExampleDatabase(tmp_path))
    settings.load_profile("keeping")
    yield
    settings.load_profile(before)


@pytest.mark.usefixtures("keeping")
def test_what_broke_a_law_is_kept_and_tried_first_the_next_time():
    def breaks(number):
        return number > 5000

    def hunt():
        return Hunt(strategies.integers(0, 10**6), 7, "check", stored=True)

    assert not hunt().replayed("law", breaks)
    assert hunt().smallest("law", breaks, 200, time.monotonic() + 60)
    assert hunt().replayed("law", breaks)
    assert not hunt().replayed("another law", breaks)
