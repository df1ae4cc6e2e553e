"""A child process with code of the user's: what it does stays there, and how it ends is said."""

import os
import signal
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from mlgate.adapters.probes._child import OUTPUT_KEPT, Job, run
from mlgate.core.errors import MeasurementError


@pytest.fixture(autouse=True)
def _tasks_can_be_imported(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def heard(task, *, seconds=30.0, **more):
    return run(Job(f"child_tasks:{task}", more.pop("inputs", {}), seconds, **more))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_values_come_back_in_order_and_are_heard_while_it_works():
    seen = []
    answer = run(Job("child_tasks:double", {"numbers": [1, 2, 3]}, 30.0), look=seen.append)
    assert answer.said == tuple(seen) == ({"doubled": 2}, {"doubled": 4}, {"doubled": 6})
    assert (answer.ended, answer.output, answer.refused) == ("done", "", ())
    assert answer.last("doubled") == 6
    assert answer.last("tripled") is None


def test_a_frame_arrives_as_it_was():
    frame = pd.DataFrame({"a": [1.5, None], "b": ["x", "y"], "c": pd.to_datetime(["2024-01-01", None], utc=True)}, index=[7, 3])
    (seen,) = heard("see_frame", inputs={"frame": frame}).said
    assert seen == {"rows": 2, "types": [str(kind) for kind in frame.dtypes], "index": [7, 3]}


def test_it_has_our_path_our_environment_and_a_folder(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "somewhere")
    (seen,) = heard("tell_where", environment={"TZ": "Asia/Kathmandu"}).said
    assert seen["path"] == sys.path
    assert (seen["python_path"], seen["zone"]) == ("somewhere", "Asia/Kathmandu")
    assert not Path(seen["folder"]).exists()


def test_what_it_prints_is_kept_apart_to_its_end(capfd):
    answer = heard("print_much")
    assert answer.said == ("still here",)
    assert answer.output.endswith("the end\na warning")
    assert len(answer.output) <= OUTPUT_KEPT
    assert capfd.readouterr() == ("", "")


def test_one_that_hangs_is_killed_with_all_that_it_started():
    answer = heard("hang", seconds=3.0)
    assert answer.ended == "late"
    assert answer.how == "was not done after 3 s and was killed"
    assert not is_alive(answer.last("pid"))
    assert not is_alive(answer.last("grandchild"))


def test_an_interrupt_ends_it_too():
    pids = []

    def interrupt(value):
        pids.extend(value.values())
        if len(pids) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(Job("child_tasks:hang", {}, 60.0), look=interrupt)
    assert not any(map(is_alive, pids))


@pytest.mark.parametrize(
    ("task", "said", "how"),
    [("segfault", ("so far so good",), "killed its process by the signal SIGSEGV"), ("leave", (), "ended its process with status 3")],
)
def test_a_process_that_dies_says_what_it_said_and_how_it_died(task, said, how):
    answer = heard(task)
    assert (answer.said, answer.ended, answer.how) == (said, "died", how)


def test_connections_are_refused_and_told():
    answer = heard("call_home")
    assert [text.split(":")[0] for text in answer.said] == ["mlgate refuses to connect to example.invalid", "mlgate refuses to connect to 127.0.0.1"]
    assert answer.refused == ("example.invalid:443", "127.0.0.1:9")


def test_connections_are_let_through_where_they_belong():
    answer = heard("call_home", network=True)
    assert not any("mlgate" in text for text in answer.said)
    assert answer.refused == ()


def test_sockets_within_the_machine_work():
    answer = heard("talk_to_itself")
    assert (answer.said, answer.refused) == (("yes",), ())


def test_nobody_answers_its_questions():
    assert heard("ask_the_user").said == ("nobody answers",)


def test_closing_what_it_did_not_open_takes_nothing_away():
    assert heard("close_everything").said == ("all closed",)


def test_an_error_of_the_task_is_raised_here():
    with pytest.raises(MeasurementError, match="no such module 'features'") as error:
        heard("refuse")
    assert (error.value.cause, error.value.fix) == ("configuration", "write it")


@pytest.mark.parametrize(("task", "words"), [("break_down", "one over nothing"), ("leave_politely", "I am gone"), ("no_such_task", "no_such_task")])
def test_a_task_that_breaks_is_an_error_with_its_traceback(task, words):
    with pytest.raises(MeasurementError, match=words):
        heard(task)


def test_a_folder_that_is_handed_in_outlives_the_job(tmp_path):
    jobs = [run(Job("child_tasks:read_left_behind", {}, 30.0), folder=tmp_path) for _ in range(2)]
    assert [job.said for job in jobs] == [("nothing",), ("left behind",)]


def test_it_does_not_outlive_its_parent(tmp_path):
    code = f"""
import sys, os
sys.path.insert(0, {str(Path(__file__).parent)!r})
from mlgate.adapters.probes._child import Job, run
def look(value):
    print(value.get("pid", ""), flush=True)
    if "grandchild" in value:
        os.kill(os.getpid(), 9)
run(Job("child_tasks:hang", {{}}, 60.0), look=look)
"""
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    pid = int(done.stdout.split()[0])
    assert done.returncode == -signal.SIGKILL
    ends = time.monotonic() + 10
    while is_alive(pid) and time.monotonic() < ends:
        os.sched_yield()
    assert not is_alive(pid)
