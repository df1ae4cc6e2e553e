import os
import signal
import subprocess
import sys
import time

import pytest

from mlgate.run import folder as folder_module
from mlgate.run.folder import RunFolder, sweep

HOLDS_ONE = """
import sys, time
from mlgate.run.folder import RunFolder
made = RunFolder()
(made.path / "spill").mkdir()
(made.path / "spill" / "block").write_text("x" * 1000)
print(made.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files of our own, for this process and its children."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def age(path):
    for lock in path.glob("*.lock"):
        os.utime(lock, (time.time() - 60, time.time() - 60))


def other_process(temporary):
    made = subprocess.Popen([sys.executable, "-c", HOLDS_ONE], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    path = temporary / made.stdout.readline().strip()
    age(path)
    return made, path


def test_a_folder_is_gone_with_all_that_is_in_it_also_after_an_error(temporary):
    def interrupted():
        with RunFolder() as made:
            (made.path / "spill").mkdir()
            (made.path / "spill" / "block").write_text("x")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_is_deleted_by_the_next_one_and_a_living_one_keeps_its_folder(temporary):
    killed, left = other_process(temporary)
    living, kept = other_process(temporary)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    with RunFolder() as made:
        assert sorted(temporary.iterdir()) == sorted([kept, made.path])
        assert (kept / "spill" / "block").exists()
    living.communicate("")
    sweep()
    assert not left.exists()
    assert not kept.exists()


def test_nothing_else_is_deleted(temporary):
    for name in ("mlgate-without-lock", "other"):
        (temporary / name).mkdir()
    (temporary / "elsewhere").mkdir()
    (temporary / "elsewhere" / folder_module._lock_name()).write_text("")
    age(temporary / "elsewhere")
    (temporary / "mlgate-link").symlink_to(temporary / "elsewhere")
    (temporary / "mlgate-young").mkdir()
    (temporary / "mlgate-young" / folder_module._lock_name()).write_text("")  # its owner is about to lock it
    (temporary / "mlgate-another-machine").mkdir()
    (temporary / "mlgate-another-machine" / "another.lock").write_text("")
    age(temporary / "mlgate-another-machine")
    before = sorted(temporary.iterdir())
    sweep()
    assert sorted(temporary.iterdir()) == before
