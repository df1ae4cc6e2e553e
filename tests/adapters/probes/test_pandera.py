import os
import subprocess
import sys
import textwrap

import pandas as pd
import pytest

from mlgate.adapters.probes.pandera import PanderaValidation
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe, Rows
from mlgate.core.view import View

HEAD = """
import warnings
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import pandera.pandas as pa
    import pandera.polars as pap
"""


@pytest.fixture
def written(tmp_path, monkeypatch):
    """Writes a module of schemas and gives the name of its `S`."""
    monkeypatch.syspath_prepend(tmp_path)
    names = iter(f"schemas_of_{tmp_path.name}_{number}" for number in range(9))

    def write(text):
        name = next(names).replace("-", "_")
        (tmp_path / f"{name}.py").write_text(HEAD + textwrap.dedent(text))
        return f"{name}:S"

    return write


def validated(target, frame, **stored):
    types = {name: stored.get(name, "DOUBLE") for name in frame}
    pairs = [word for pair in types.items() for word in pair]
    return PanderaValidation().answer(Probe("pandera", (Rows(tuple(frame), View("t")),), (target, *pairs)), [frame])


def test_the_parts_carry_no_bound_and_do_not_change(written):
    target = written("S = pa.DataFrameSchema({'a': pa.Column(float, [pa.Check.ge(3), pa.Check.ge(5), pa.Check.isin([7])])})")
    names = [part.name for part in PanderaValidation().parts(target)]
    assert names == ["a.present", "a.dtype", "a.not_nullable", "a.greater_than_or_equal_to", "a.greater_than_or_equal_to-2", "a.isin"]
    assert names == [part.name for part in PanderaValidation().parts(target)]


def test_one_check_that_serves_two_columns_is_two_parts(written):
    target = written("positive = pa.Check.gt(0); S = pa.DataFrameSchema({'a': pa.Column(float, positive), 'b': pa.Column(float, positive)})")
    found = validated(target, pd.DataFrame({"a": [1.0, 2], "b": [1.0, -1]}))
    assert (found["a.greater_than"].count, found["b.greater_than"].count) == (0, 1)


def test_the_schema_of_the_project_is_left_as_it_is(written):
    target = written("S = pa.DataFrameSchema({'a': pa.Column(float, pa.Check.gt(0, raise_warning=True))}, drop_invalid_rows=True)")
    validated(target, pd.DataFrame({"a": [-1.0]}))
    schema = sys.modules[target.split(":")[0]].S
    assert schema.drop_invalid_rows
    assert schema.columns["a"].checks[0].raise_warning


def test_switches_in_the_environment_let_nothing_pass(tmp_path):
    (tmp_path / "schemas_here.py").write_text(HEAD + "S = pa.DataFrameSchema({'a': pa.Column(float, pa.Check.gt(0))})")
    script = f"""
    import sys, warnings; warnings.simplefilter("ignore"); sys.path.insert(0, {str(tmp_path)!r})
    import pandas as pd
    from mlgate.adapters.probes.pandera import PanderaValidation
    from mlgate.core.request import Probe, Rows
    from mlgate.core.view import View
    probe = Probe("pandera", (Rows(("a",), View("t")),), ("schemas_here:S", "a", "DOUBLE"))
    print(PanderaValidation().answer(probe, [pd.DataFrame({{"a": [-1.0, 1.0]}})])["a.greater_than"].count)
    """
    switches = {"PANDERA_VALIDATION_ENABLED": "False", "PANDERA_VALIDATION_DEPTH": "SCHEMA_ONLY"}
    environment = {**os.environ, **switches}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]


@pytest.mark.parametrize("library", ["pa", "pap"])
def test_every_failing_value_is_counted_and_the_first_are_placed(written, library):
    target = written(f"S = {library}.DataFrameSchema({{'a': {library}.Column(float, {library}.Check.lt(1000, n_failure_cases=2))}})")
    found = validated(target, pd.DataFrame({"a": [float(number) for number in range(3000)]}))["a.less_than"]
    assert (found.count, found.n_obs, found.places, found.columns) == (2000, 3000, tuple(range(1000, 1100)), ("a",))


def test_only_the_columns_that_a_schema_reads_are_asked_for(written):
    few = written("S = pa.DataFrameSchema({'a': pa.Column(float), 'd_.*': pa.Column(float, regex=True)}, unique=['u'])")
    all_of_them = written("S = pa.DataFrameSchema({'a': pa.Column(float)}, checks=pa.Check(lambda frame: frame['z'] > 0))")
    grouped = written("S = pa.DataFrameSchema({'a': pa.Column(float, pa.Check(lambda by: True, groupby='g')), 'g': pa.Column(str)})")
    names = ("a", "b", "d_1", "g", "u", "z")
    assert PanderaValidation().columns(few, names) == ("a", "d_1", "u")
    assert PanderaValidation().columns(all_of_them, names) == names
    assert PanderaValidation().columns(grouped, names) == names


def test_rows_that_a_parser_labels_anew_are_counted_and_not_shown(written):
    target = written("S = pa.DataFrameSchema({'a': pa.Column(float, pa.Check.gt(0))}, parsers=pa.Parser(lambda f: f.set_index(f['a'].astype(str))))")
    found = validated(target, pd.DataFrame({"a": [-1.0, 1.0]}))["a.greater_than"]
    assert (found.count, found.places) == (1, ())


def test_an_index_with_a_nameless_level_is_refused(written):
    target = written("S = pa.DataFrameSchema({}, index=pa.MultiIndex([pa.Index(int, name='a'), pa.Index(int)]))")
    with pytest.raises(MeasurementError, match="a level without a name"):
        PanderaValidation().parts(target)


def test_a_schema_of_another_library_is_refused(written):
    target = written("S = pa.SeriesSchema(float)")
    with pytest.raises(MeasurementError, match="is a SeriesSchema"):
        PanderaValidation().parts(target)


def test_without_pandera_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "schemas_without.py").write_text("raise ModuleNotFoundError(\"No module named 'pandera'\")")
    with pytest.raises(MeasurementError) as raised:
        PanderaValidation().parts("schemas_without:S")
    assert "mlgate[pandera]" in raised.value.fix


def test_importing_pandera_leaves_time_zones_alone_in_the_rest_of_the_process(tmp_path):
    (tmp_path / "schemas.py").write_text("import pandera.pandas as pa\n\nTABLE = pa.DataFrameSchema({'x': pa.Column(int)})\n")
    code = (
        "import datetime, os, sys\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\n"
        "from mlgate.adapters.probes._pandera_parts import read_schema\n"
        "read_schema('schemas:TABLE')\n"
        "import pyarrow as pa\n"
        "moment = datetime.datetime.fromisoformat('2013-07-01T23:30:00-04:00')\n"
        "print(pa.array([moment], pa.timestamp('us', tz='UTC')).cast(pa.int64())[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1372735800000000"]
