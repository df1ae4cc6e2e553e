"""How much memory there is: of the machine, of the control group of a container or a CI job, or as told."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from mlgate.core.errors import MeasurementError

_LEAST_MB = 64  # below that DuckDB cannot even open a Parquet file of many columns
_UNKNOWN = 4 * 2**30  # of a machine that does not tell


def granted_memory(environment: Mapping[str, str] = os.environ, root: Path = Path("/")) -> int:
    """Bytes that an engine may use: `MLGATE_MEMORY_MB`, else half of what the machine and its control groups allow."""
    if wish := environment.get("MLGATE_MEMORY_MB"):
        if not wish.strip().isdecimal() or int(wish) < _LEAST_MB:
            fix = f"a whole number of megabytes, at least {_LEAST_MB}"
            raise MeasurementError(f"MLGATE_MEMORY_MB is {wish!r}", cause="configuration", fix=fix)
        return int(wish) * 2**20
    return min([_of_machine(), *_limits(root)]) // 2


def _of_machine() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else _UNKNOWN


def _limits(root: Path) -> Iterator[int]:
    """The limits of the control group of this process and of all groups around it, versions 1 and 2 (`man 7 cgroups`).

    Inside of a container the group may be named by its path on the host, which does not exist there; then the root of the tree is the group's own.
    """
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", 2)
        mounts: tuple[str, ...]
        if controllers == "":
            mounts, name = ("sys/fs/cgroup", "sys/fs/cgroup/unified"), "memory.max"
        elif "memory" in controllers.split(","):
            mounts, name = ("sys/fs/cgroup/memory",), "memory.limit_in_bytes"
        else:
            continue
        group = PurePosixPath(path.lstrip("/"))
        for mount in mounts:
            for folder in (group, *group.parents):
                yield from (int(text) for text in _lines(root / mount / folder / name) if text.isdecimal())  # "max" is no limit


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text(encoding="utf-8").splitlines() if line]
    except (OSError, ValueError):
        return []
