"""Folders for what a run needs on disk: gone when it ends, and gone at the next chance when it was killed."""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

PREFIX = "mlgate-"
_YOUNG_S = 5.0  # a folder is locked within a moment of being made


class RunFolder:
    """A fresh folder in the system's folder for temporary files (TMPDIR), locked as long as its process lives."""

    def __init__(self) -> None:
        sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        self._lock = FileLock(self.path / _lock_name())
        self._lock.acquire()

    def remove(self) -> None:
        """Lets go of it and deletes it with all that is in it."""
        self._lock.release()
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.remove()


def sweep() -> None:
    """Deletes the folders of processes of this user on this machine that were killed: what they spilled can be large."""
    for path in _own_folders():
        lock = path / _lock_name()
        with contextlib.suppress(OSError, Timeout):
            if time.time() - lock.stat().st_mtime > _YOUNG_S:
                with FileLock(lock, timeout=0):
                    shutil.rmtree(path, ignore_errors=True)


def _own_folders() -> Iterator[Path]:
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            found = path.lstat()  # never through a link, and nothing that another user made: opening a lock writes
            if path.is_dir() and not path.is_symlink() and (not hasattr(os, "getuid") or found.st_uid == os.getuid()):
                yield path


def _lock_name() -> str:
    # a folder for temporary files may be shared by machines, and locks may not be
    return f"{platform.node() or 'this'}.lock"
