"""Selecting, hiding and breaking: a verdict never depends on it, and a partial run is never complete."""

from __future__ import annotations

FILES = {
    "gates/a.gate.yaml": "checks:\n  - {id: good, tags: [ops]}\n  - {id: auc, outcome: FAIL}\n  - {id: many, part_names: [x.y]}\n",
    "gates/b.gate.yaml": "checks:\n  - {id: fine}\n",
}


def test_a_keyword_measures_what_it_selects_and_the_run_is_partial(project):
    ran = project.write(FILES).run("--mlgate", "-k", "good")
    assert ran.status == 0
    assert ran.measured == ["gates/a.gate.yaml 1"]
    assert ran.suite_properties["mlgate.complete"] == "false"
    assert "mlgate: INCOMPLETE (1 of 4 declared items reported)" in ran.out


def test_tags_are_markers_and_deselecting_a_failing_item_is_partial(project):
    project.write(FILES)
    assert "1 passed, 3 deselected" in project.run("--mlgate", "-m", "ops").out
    ran = project.run("--mlgate", "--deselect", "gates/a.gate.yaml::auc")
    assert ran.status == 0
    assert ran.evidence["complete"] is False


def test_stopping_at_the_first_failure_stops_reporting_not_measuring(project):
    ran = project.write(FILES).run("--mlgate", "-x")
    assert ran.status == 1
    assert ran.measured == ["gates/a.gate.yaml 3", "gates/b.gate.yaml 1"]
    assert ran.suite_properties["mlgate.reported"] == "2"
    assert ran.evidence["complete"] is False


def test_last_failed_finds_the_failed_item_again(project):
    project.write(FILES).run("--mlgate")
    ran = project.run("--mlgate", "--lf", "-v")
    assert "gates/a.gate.yaml::auc FAILED" in ran.out
    assert "1 failed" in ran.out
    assert ran.measured[-1] == "gates/a.gate.yaml 1"
    assert ran.evidence["narrowed"]


def test_a_node_id_selects_exactly_one_item(project):
    ran = project.write(FILES).run("--mlgate", "gates/a.gate.yaml::many.x.y", "-v")
    assert ran.status == 0
    assert "gates/a.gate.yaml::many.x.y PASSED" in ran.out
    assert "1 passed" in ran.out


def test_collecting_opens_no_data(project):
    ran = project.write(FILES).run("--mlgate", "--co", "-q")
    assert ran.status == 0
    assert ran.out.splitlines()[:4] == ["gates/a.gate.yaml::good", "gates/a.gate.yaml::auc", "gates/a.gate.yaml::many.x.y", "gates/b.gate.yaml::fine"]
    assert ran.measured == []
    assert not (ran.folder / "evidence.json").exists()


def test_without_the_option_gate_files_are_not_there(project):
    ran = project.write({**FILES, "test_plain.py": "def test_plain(): pass\n"}).run()
    assert ran.status == 0
    assert "1 passed" in ran.out
    assert "mlgate:" not in ran.out
    assert "mlgate.schema" not in ran.suite_properties


def test_no_gate_under_the_option_is_an_error(project):
    (project.folder / "evidence.json").write_text("old")
    ran = project.write({"test_plain.py": "def test_plain(): pass\n"}).run("--mlgate")
    assert ran.status == 5
    assert "mlgate: ERROR: no gate was collected" in ran.out
    assert not (project.folder / "evidence.json").exists()


def test_the_ini_key_asks_for_gates_but_lets_one_test_file_run_alone(project):
    project.write({"pytest.ini": "[pytest]\nmlgate = true\n", "test_plain.py": "def test_plain(): pass\n"})
    assert project.run().status == 5
    assert project.run("test_plain.py").status == 0


def test_a_broken_gate_file_is_one_erroring_item_and_the_others_go_on(project):
    project.write({**FILES, "gates/c.gate.yaml": "broken: true\n"})
    for args in ((), ("-n2",)):
        ran = project.run("--mlgate", *args)
        assert ran.status == 1
        broken = ran.cases["gates.c.gate.yaml::gate-file"].find("error").text
        assert "unknown key" in broken
        assert "unknown kind" in broken
        assert "1 failed, 3 passed, 1 error" in ran.out
        assert ran.suite_properties["mlgate.complete"] == "false"


def test_a_broken_gate_file_cannot_be_deselected_into_a_green_run(project):
    ran = project.write({**FILES, "gates/c.gate.yaml": "broken: true\n"}).run("--mlgate", "-k", "fine")
    assert "1 passed" in ran.out
    assert ran.status == 1


def test_tags_that_mean_something_to_pytest_are_refused(project):
    ran = project.write({"a.gate.yaml": "checks:\n  - {id: auc, outcome: FAIL, tags: [skip]}\n"}).run("--mlgate")
    assert ran.status == 1
    assert "tag is a marker with a meaning for pytest" in ran.out
