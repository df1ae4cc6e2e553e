import importlib.util
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def maker():
    spec = importlib.util.spec_from_file_location("make_reference", DOCS / "make_reference.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_the_reference_page_is_what_the_docstrings_say(maker):
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == maker.page(), "run: python docs/make_reference.py"


def test_the_table_of_metrics_is_what_the_classes_say(maker):
    assert (DOCS / "metrics.md").read_text(encoding="utf-8") == maker.metrics_page(), "run: python docs/make_reference.py"


def test_the_laws_on_their_page_are_what_their_docstrings_say(maker):
    text = (DOCS / "properties.md").read_text(encoding="utf-8")
    assert maker.laws() in text, "run: python docs/make_reference.py"
