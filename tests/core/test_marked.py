"""Values in texts: what marks do, whatever the values are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell, quoting, shown, telling, written

MARKS = "\ue000\ue001\ue002\ue003"
TEXTS = st.text(alphabet=st.sampled_from([*MARKS, "a", "B", " ", "\n", "é"]), max_size=12)


def masked(text):
    return shown(text, lambda columns, _: f"<{'+'.join(columns)}>", lambda columns, _: f"<said of {'+'.join(columns)}>")


@given(column=TEXTS, value=TEXTS, before=st.text(alphabet="xy z", max_size=5), after=st.text(alphabet="xy z", max_size=5))
def test_no_value_gets_out_of_its_mark(column, value, before, after):
    clean = "".join(char for char in column if char not in MARKS)
    assert masked(f"{before}{cell(column, value)}{after}") == f"{before}<{clean}>{after}"
    assert masked(f"{before}{quoting(value)}{after}") == f"{before}<said of >{after}"
    assert masked(f"{before}{quoting(f'{value}{cell(column, value)}{value}')}{after}") == f"{before}<said of >{after}"


def test_values_are_written_out_as_they_were_given():
    assert written(f"a {cell('n', 1.5)} b {cell(('n', 'm'), None)} c {quoting(ValueError('no'))}") == "a 1.5 b None c no"


def test_a_mark_says_the_columns_of_its_value():
    assert masked(f"{cell(('n', 'm'), 1)}, {quoting('x', ('n',))}") == "<n+m>, <said of n>"


def test_a_text_that_was_cut_in_a_value_hides_what_is_left_of_it():
    assert masked(f"seen {cell('n', 'secret')}"[:-3]) == "seen <n>"


def test_who_does_not_mark_is_quoted_as_a_whole():
    class Marks:
        marks_values = True

    for speakers, hidden in (((Marks(),), False), ((object(),), True), ((Marks(), object()), True)):
        with pytest.raises(MeasurementError) as caught, telling(*speakers):
            raise MeasurementError("holds x", cause="model", fix="drop x", statement="select", missing=True)
        error = caught.value
        assert ("x" in masked(error.what), "x" in masked(error.fix)) == (not hidden, not hidden)
        assert (written(error.what), error.cause, error.statement, error.missing) == ("holds x", "model", "select", True)
