"""Two transformations on the same rows: what is found, how it is told, and what misbehaving code becomes."""

import json
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import settings

from mlgate.adapters.probes._transform_tasks import tried
from mlgate.adapters.probes.transform_parity import TransformParityProbe
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import shown, written
from mlgate.core.request import Probe
from mlgate.testing import Example

TRANSFORMS = Path(__file__).parents[2] / "checks"
ROWS = pd.DataFrame({"id": [1, 2, 3, 4], "x": [0.5, 1.5, -2.0, 1.1], "c": ["a", "b", "a", "b"]})
PLAIN = {
    "against": "transforms:train",
    "tolerance": {},
    "ordered": True,
    "library": {"of": "pandas", "against": "pandas"},
    "takes_row": [],
    "examples": 80,
    "seconds": 600.0,  # the machine may be busy
    "timeout": 60.0,
    "without": [],
    "check": "c",
    "seed": 1,
    "key": ["id"],
    "stored": {"id": "BIGINT", "x": "DOUBLE", "c": "VARCHAR"},
}


@pytest.fixture(autouse=True)
def project(monkeypatch, tmp_path):
    """The transformations can be imported, here and in a child process, and examples are kept in a folder of their own."""
    monkeypatch.syspath_prepend(str(TRANSFORMS))
    monkeypatch.setenv("HYPOTHESIS_STORAGE_DIRECTORY", str(tmp_path / "examples"))
    before = settings.get_current_profile_name()
    settings.register_profile("forgetful", database=None)
    settings.load_profile("forgetful")
    yield
    settings.load_profile(before)


def asked(of, **words):
    return {"of": of if ":" in of else f"transforms:{of}", **PLAIN, **words}


def found(of, law, *, rows=ROWS, **words):
    """What one law says, in this process."""
    said = []
    tried({"asked": asked(of, **words), "laws": (law,), "rows": rows, "seeds": rows}, said.append)
    assert [one["law"] for one in said] == [law]
    return said[0]["found"]


def text(one):
    return "\n".join(written(str(part)) for part in [one.get("why", ""), one.get("whole", ""), *one.get("details", ()), *one.get("examples", ())])


@pytest.mark.parametrize("of", ["serve", "serve_array", "prints"])
@pytest.mark.parametrize("law", ["search", "row_by_row"])
def test_a_search_that_finds_nothing_says_how_many_frames_it_compared(of, law):
    one = found(of, law)
    assert not one.get("why"), text(one)
    assert one["compared"] == 80
    assert one["raised"] == 0


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ("lower_first", ["code differs", "id | x | c", "row 1: code is 1 of transforms:lower_first, 0 of transforms:train", "1 | 0.5 | 'A'"]),
        ("fills", ["double differs", "row 1: double is 0.0 of transforms:fills, null of transforms:train", "1 | null | 'a'"]),
        ("breaks_on_nothing", ["raises IndexError, where transforms:train gives rows", "no rows, with the columns id, x, c"]),
        ("shorter", ["transforms:shorter gives 0 rows and transforms:train 1"]),
        ("words", ["code differs", "code is '1' of transforms:words, 1 of transforms:train"]),
        ("turned", ["column 1 is code of transforms:turned and double of transforms:train"]),
        ("renamed", ["transforms:renamed gives no column double"]),
        ("nothing", ["transforms:nothing returned None, no rows, where transforms:train gives rows"]),
        ("deep", ["returned an array of 3 dimensions"]),
        ("changes", ["transforms:changes changed the frame that it was given"]),
        ("leaves", ["raises SystemExit"]),
        ("single", ["double differs"]),
    ],
)
def test_the_smallest_counterexample_is_told_as_a_table_and_as_code(of, words):
    one = found(of, "search", examples=200)
    told = text(one)
    for word in words:
        assert word in told
    code = next(line for line in map(written, one["details"]) if line.startswith("@example("))
    frame = eval(code[len("@example") :], {"pd": pd})
    assert len(frame) <= 1


def test_one_row_alone_is_compared_with_all_at_once():
    assert not found("of_batch", "row_by_row", examples=1).get("raised")
    one = found("of_batch", "row_by_row")
    assert "double differs" in text(one)
    dummies = found("dummies", "row_by_row", against="transforms:dummies")
    assert "gives other columns for row 2 alone than for row 1 (a, b)" in text(dummies)


def test_real_rows_are_counted_by_output():
    one = found("knows_only_a", "rows")
    assert (one["n_obs"], one["mismatched"], one["places"]) == (4, 2, [1, 3])
    assert [(written(name), count) for name, count in one["columns"]] == [("code", 2)]
    assert text(one).splitlines()[-1] == "row 4: code is 0 of transforms:knows_only_a, 2 of transforms:train"
    assert found("serve", "rows").get("mismatched", 0) == 0


def test_tolerances_are_those_of_parity():
    assert found("nearly", "rows")["mismatched"] == 4
    assert not found("nearly", "rows", tolerance={"rel": 1e-9}).get("mismatched")
    assert not found("nearly", "rows", tolerance={"abs": 1e-9}).get("mismatched")
    assert not found("nearly", "rows", tolerance={"ulp": 10_000}).get("mismatched")
    assert found("nearly", "rows", outputs={"double": {"abs": 1e-15}})["mismatched"] == 4
    assert not found("nearly", "rows", outputs=["code"]).get("mismatched")
    assert "for times, and it holds numbers" in found("nearly", "rows", outputs={"double": {"within": "1s"}})["error"]
    assert "outputs names 'z', which is none of" in found("nearly", "rows", outputs=["z"])["error"]


def test_columns_in_another_order_are_allowed_when_asked():
    assert not found("turned", "rows", ordered=False).get("whole")


@pytest.mark.parametrize("law", ["rows", "search", "row_by_row"])
def test_where_both_raise_nothing_is_compared(law):
    one = found("breaks", law, against="transforms:breaks")
    if law == "rows":
        assert "both raise on the rows: ValueError" in written(one["error"]).replace("raises ", "")
    else:
        assert (one["compared"], bool(one.get("why"))) == (0, False)
        assert one["raised"] > 0


@pytest.mark.parametrize("law", ["rows", "search"])
def test_a_module_that_is_not_there_is_an_error_of_the_law(law):
    said = []
    tried({"asked": {**PLAIN, "of": "no_such_module:f"}, "laws": (law,), "rows": ROWS, "seeds": ROWS}, said.append)
    assert "cannot import 'no_such_module'" in said[0]["found"]["error"]


def test_a_contract_or_a_schema_is_searched_without_data():
    contract = {"id": {"type": "integer"}, "x": {"type": "float", "values": {"between": [0, 1]}}, "c": {"values": {"in": ["a", "b", "A"]}}}
    one = found("lower_first", "search", rows=None, columns=contract, key=[])
    assert "code is 1 of transforms:lower_first, 0 of transforms:train" in text(one)
    assert not found("fills", "search", rows=None, columns=contract, key=[]).get("why")


def test_what_the_search_leaves_out_is_left_out():
    assert not found("fills", "search", without=["nulls"]).get("why")
    assert not found("lower_first", "search", without=["unseen"]).get("why")
    assert not found("breaks_on_nothing", "search", without=["empty"]).get("why")


def test_values_of_any_input_are_marked_wherever_they_are_told():
    for of in ("fills", "breaks", "dummies"):
        one = found(of, "search")
        hidden = "\n".join(shown(str(part), lambda names, _: "#", lambda names, _: "#") for part in [one["why"], *one["details"]])
        assert "'a'" not in hidden
        assert "no such thing" not in hidden
        assert "pd.DataFrame" not in hidden


def probed(of, **words):
    """What the laws say, from a process of their own."""
    laws = words.pop("laws", ("rows", "search"))
    return TransformParityProbe().answer(Probe("transform_parity", (), (json.dumps(asked(of, laws=laws, **words)),)), [ROWS])


def test_a_side_that_hangs_is_ended_and_the_other_laws_go_on():
    answer = probed("hangs_on_nothing", seconds=2.0)
    assert answer["rows"].mismatched == 0
    assert answer["search"].why == "transforms:hangs_on_nothing did not return within 2 s"
    assert "@example(pd.DataFrame" in written(answer["search"].details[-1])


def test_a_side_that_hangs_on_real_rows_is_an_error():
    answer = probed("hangs", laws=("rows",), timeout=1.0)
    assert "transforms:hangs did not return within 1 s on 4 rows" in answer["rows"].what


def test_a_side_that_ends_the_process_is_an_error_of_each_law():
    answer = probed("dies")
    assert all("status 7" in answer[law].what for law in ("rows", "search"))


def test_a_side_that_opens_a_connection_is_an_error_that_names_the_place():
    answer = probed("calls_home")
    assert all(isinstance(one, MeasurementError) and "example.invalid" in one.what for one in answer.values())


def test_a_counterexample_is_tried_first_the_next_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)
    first = probed("fills", laws=("search",))["search"]
    second = probed("fills", laws=("search",))["search"]
    assert first.compared > 1
    assert (second.compared, second.details[-1]) == (1, "tried first, because an earlier run found it")
    assert second.details[:-1] == first.details


def test_a_gate_file_shows_the_claim_the_table_and_the_code(tmp_path):
    gate = {
        "datasets": {"rows": {"path": "rows.csv", "key": ["id"]}},
        "checks": [{"id": "t", "kind": "transform_parity", "of": "transforms:fills", "against": "transforms:train", "like": "rows", "seconds": 300}],
    }
    ran = Example(tmp_path, gate, files={"rows.csv": ROWS}).run()
    assert ran.outcomes == {"t.rows": "PASS", "t.search": "FAIL", "t.row_by_row": "FAIL"}
    assert "a search is no proof" not in ran.verdicts["t.search"].reason
    assert any("@example(" in line for line in ran.verdicts["t.search"].details)
