import pytest
from asking import Asking

from mlgate.core.view import View


@pytest.fixture
def asking(tmp_path):
    made = Asking(tmp_path)
    yield made
    made.engine.close()


@pytest.fixture
def view():
    return View("t")
