"""Uses of an evaluation set: counted once by content, safe to merge, and never a second chance."""

from __future__ import annotations

import datetime
import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from mlgate.core.gate import Dataset, Gate, Policy
from mlgate.core.result import Provenance, RunResult, Use
from mlgate.core.verdict import Estimate, Outcome, Verdict
from mlgate.promotion.ledger import place_of, settle

NOW = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
SET = "content:" + "a" * 64


def gate_in(folder, digest="sha256:g", path="holdout.csv", **policy):
    datasets = {"holdout": Dataset(path=str(folder / path))}
    return Gate("g.gate.yaml", str(folder), digest, Policy(mode="prove", **policy), datasets, {}, ())


def result(outcome=Outcome.PASS, *, candidate="sha256:c", content=SET, fault="", items=("auc",)):
    verdicts = tuple(
        Verdict(item, item, "compare", "baseline", outcome, f"{item} seen", primary=True, fails=outcome is not Outcome.PASS, estimate=Estimate(0.1))
        for item in items
    )
    use = Use("holdout", items, content, (candidate, "sha256:b"), fault)
    provenance = Provenance("g.gate.yaml", "sha256:g", "0.1.0", 1, "prove", 0.05, 0.95, items, items, (), (), (), uses=(use,))
    return RunResult(verdicts, provenance)


def settled(gate, one, **more):
    found = settle(gate, one, now=NOW, env=more.pop("env", {}))
    return found.verdicts[0], found.warnings


def lines(folder, name="holdout.csv.uses.jsonl"):
    return (folder / name).read_text().splitlines()


def test_a_use_is_one_line_by_content(tmp_path):
    env = {"GITHUB_RUN_ID": "7", "GITHUB_SERVER_URL": "https://example.org", "GITHUB_REPOSITORY": "a/b"}
    verdict, warnings = settled(gate_in(tmp_path), result(), env=env)
    assert verdict.outcome is Outcome.PASS
    assert verdict.details == ("use 1 of 100 planned for holdout",)
    assert "knows of no other use of holdout" in warnings[0]
    (line,) = map(json.loads, lines(tmp_path))
    assert {name: value for name, value in line.items() if name != "key"} == {
        "mlgate_use": 1,
        "set": SET,
        "models": ["sha256:c", "sha256:b"],
        "gate": "sha256:g",
        "mlgate": "0.1.0",
        "time": "2026-03-01T12:00:00+00:00",
        "run": "https://example.org/a/b/actions/runs/7",
        "outcomes": {"auc": "PASS"},
    }


def test_the_same_content_again_costs_nothing_and_says_the_same(tmp_path):
    first = settled(gate_in(tmp_path), result())
    assert settled(gate_in(tmp_path), result()) == first
    assert len(lines(tmp_path)) == 1


@pytest.mark.parametrize("other", [{"candidate": "sha256:d"}, {"content": "content:" + "b" * 64}])
def test_other_content_is_another_use(tmp_path, other):
    settled(gate_in(tmp_path), result())
    settled(gate_in(tmp_path), result(**other))
    assert len(lines(tmp_path)) == 2


def test_another_gate_file_is_another_use_so_that_another_seed_is_no_free_rerun(tmp_path):
    settled(gate_in(tmp_path), result())
    verdict, _ = settled(gate_in(tmp_path, digest="sha256:other seed"), result())
    assert verdict.details == ("use 2 of 100 planned for holdout",)


def test_each_evaluation_set_has_uses_of_its_own(tmp_path):
    gate = gate_in(tmp_path, ledger="all.jsonl")
    settled(gate, result())
    verdict, _ = settled(gate, result(content="content:" + "b" * 64))
    assert verdict.details == ("use 1 of 100 planned for holdout",)


def test_a_pass_beyond_the_planned_uses_is_inconclusive_and_says_so(tmp_path):
    gate = gate_in(tmp_path, uses=2)
    for number in range(2):
        assert settled(gate, result(candidate=f"sha256:{number}"))[0].outcome is Outcome.PASS
    verdict, _ = settled(gate, result())
    assert (verdict.outcome, verdict.action, verdict.fails) == (Outcome.INCONCLUSIVE, "hold", True)
    assert verdict.reason == "auc seen; but all 2 planned uses of holdout are spent"
    assert "fresh evaluation set" in verdict.fix
    assert settled(gate, result())[0] == verdict
    assert settled(gate, result(candidate="sha256:1"))[0].outcome is Outcome.PASS
    assert settled(gate, result(Outcome.FAIL, candidate="sha256:9"))[0].outcome is Outcome.FAIL


@pytest.mark.parametrize("before", [Outcome.FAIL, Outcome.INCONCLUSIVE])
def test_a_rerun_cannot_buy_a_pass(tmp_path, before):
    settled(gate_in(tmp_path), result(before))
    verdict, _ = settled(gate_in(tmp_path), result(Outcome.PASS))
    assert (verdict.outcome, verdict.fails) == (before, True)
    assert "2026-03-01" in verdict.reason
    assert "a rerun on the same content changes no verdict" in verdict.reason
    assert verdict.action == ("reject" if before is Outcome.FAIL else "hold")


def test_a_rerun_may_turn_out_worse(tmp_path):
    settled(gate_in(tmp_path), result(Outcome.PASS))
    assert settled(gate_in(tmp_path), result(Outcome.FAIL))[0].outcome is Outcome.FAIL
    assert settled(gate_in(tmp_path), result(Outcome.PASS))[0].outcome is Outcome.PASS


def test_a_narrowed_run_and_the_whole_one_are_one_use(tmp_path):
    settled(gate_in(tmp_path), result(items=("auc",)))
    found = settle(gate_in(tmp_path), result(items=("auc", "f1")), now=NOW, env={})
    assert [verdict.details for verdict in found.verdicts] == [("use 1 of 100 planned for holdout",)] * 2
    assert [json.loads(line)["outcomes"] for line in lines(tmp_path)] == [{"auc": "PASS"}, {"f1": "PASS"}]


def test_an_item_that_could_not_be_measured_is_left_as_it_is(tmp_path):
    one = result(Outcome.ERROR)
    assert settled(gate_in(tmp_path), one)[0] == one.verdicts[0]
    assert not (tmp_path / "holdout.csv.uses.jsonl").exists()


def test_runs_at_once_count_every_use_once(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: settle(gate_in(tmp_path), result(candidate=f"sha256:{n % 20}"), now=NOW, env={}), range(100)))
    assert len({json.loads(line)["key"] for line in lines(tmp_path)}) == 20
    assert len(lines(tmp_path)) == 20


def test_a_line_without_its_end_is_ended_first(tmp_path):
    settled(gate_in(tmp_path), result())
    path = tmp_path / "holdout.csv.uses.jsonl"
    path.write_text(path.read_text().rstrip("\n"))
    settled(gate_in(tmp_path), result(candidate="sha256:d"))
    assert [bool(json.loads(line)) for line in lines(tmp_path)] == [True, True]


@pytest.mark.parametrize("broken", ["<<<<<<< HEAD", '{"mlgate_use": 1', "[]", '{"key": "k", "set": "s", "time": "t", "outcomes": {"a": "GREAT"}}'])
def test_a_line_that_cannot_be_read_grants_no_pass_and_nothing_is_appended(tmp_path, broken):
    settled(gate_in(tmp_path), result())
    path = tmp_path / "holdout.csv.uses.jsonl"
    path.write_text(path.read_text() + broken + "\n")
    verdict, _ = settled(gate_in(tmp_path), result(candidate="sha256:d"))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "line 2 of holdout.csv.uses.jsonl cannot be read" in verdict.reason
    assert len(lines(tmp_path)) == 2


def test_a_set_without_a_content_digest_grants_no_pass(tmp_path):
    verdict, _ = settled(gate_in(tmp_path), result(content="", fault="column 'x' has no encoding"))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "column 'x' has no encoding" in verdict.reason


def test_a_place_that_cannot_be_written_to_is_said_and_changes_no_verdict(tmp_path):
    (tmp_path / "file").write_text("")
    verdict, warnings = settled(gate_in(tmp_path, ledger="file/uses.jsonl"), result())
    assert verdict.outcome is Outcome.PASS
    assert verdict.details == ("use 1 of 100 planned for holdout (not recorded)",)
    assert "could not be recorded in uses.jsonl" in warnings[0]
    assert "0 are known" in warnings[0]


def test_the_ledger_lies_next_to_the_evaluation_set_or_where_the_policy_says(tmp_path):
    assert place_of(gate_in(tmp_path), "holdout") == tmp_path / "holdout.csv.uses.jsonl"
    (tmp_path / "folder").mkdir()
    assert place_of(gate_in(tmp_path, path="folder"), "holdout") == tmp_path / "folder.uses.jsonl"
    assert place_of(gate_in(tmp_path, path="day-*.csv"), "holdout") == tmp_path / "g.gate.yaml.uses.jsonl"
    assert place_of(gate_in(tmp_path, ledger="kept/uses.jsonl"), "holdout") == tmp_path / "kept" / "uses.jsonl"
    table = Gate("g.gate.yaml", str(tmp_path), "", Policy(), {"holdout": Dataset(table="duckdb:a.db:t")}, {}, ())
    assert place_of(table, "holdout") == tmp_path / "g.gate.yaml.uses.jsonl"


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
def test_branches_of_git_merge_their_uses(tmp_path):
    def git(*words):
        command = ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "init.defaultBranch=main", *words]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    def use(candidate):
        return settled(gate_in(tmp_path), result(candidate=f"sha256:{candidate}"))[0]

    git("init")
    (tmp_path / ".gitattributes").write_text("*.uses.jsonl merge=union\n")
    (tmp_path / ".gitignore").write_text("*.lock\n")
    use("shared")
    for words in (("add", "."), ("commit", "-m", "1"), ("checkout", "-b", "other")):
        git(*words)
    for candidate in ("both", "theirs"):
        use(candidate)
    for words in (("commit", "-am", "2"), ("checkout", "main")):
        git(*words)
    for candidate in ("ours", "both"):
        use(candidate)
    git("commit", "-am", "3")
    git("merge", "other")
    assert use("next").details == ("use 5 of 100 planned for holdout",)
    assert len({json.loads(line)["key"] for line in lines(tmp_path)}) == 5
