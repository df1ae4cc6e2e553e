"""Control groups as `man 7 cgroups` tells them: a limit holds for all groups below it."""

import pytest

from mlgate.adapters.engines._duckdb.memory import granted_memory
from mlgate.core.errors import MeasurementError

MEGABYTE = 2**20


def machine(root, groups, **limits):
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for place, text in limits.items():
        file = root / "sys/fs/cgroup" / place.replace("__", "/").replace("limit", "memory.limit_in_bytes").replace("max", "memory.max")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
    return root


@pytest.mark.parametrize(
    ("groups", "limits", "megabytes"),
    [
        ("0::/ci/job\n", {"ci__job__max": 400 * MEGABYTE, "ci__max": "max"}, 200),
        ("0::/ci/job\n", {"ci__job__max": "max", "ci__max": 600 * MEGABYTE, "max": 900 * MEGABYTE}, 300),
        ("9:name=systemd:/\n4:memory:/ci/job\n0::/\n", {"memory__ci__job__limit": 500 * MEGABYTE, "memory__limit": 2**63 - 4096}, 250),
        ("5:cpu,memory:/docker/0123/job\n", {"memory__limit": 512 * MEGABYTE}, 256),  # a container that sees the path of its host
        ("0::/\n", {"max": 300 * MEGABYTE}, 150),
        ("4:cpu:/\n0::/a\n", {"unified__a__max": 256 * MEGABYTE}, 128),
    ],
)
def test_half_of_the_smallest_limit_of_all_groups_around_the_process_is_granted(tmp_path, groups, limits, megabytes):
    assert granted_memory({}, machine(tmp_path, groups, **limits)) == megabytes * MEGABYTE


def test_half_of_the_machine_is_granted_without_any_group(tmp_path):
    unlimited = granted_memory({}, tmp_path)
    assert unlimited > 2**28
    assert granted_memory({}, machine(tmp_path, "0::/a\n", a__max="max")) == unlimited


def test_the_environment_overrides_it_and_nonsense_is_refused():
    assert granted_memory({"MLGATE_MEMORY_MB": "512"}) == 512 * MEGABYTE
    for wrong in ("1GB", "-5", "3", "0x400"):
        with pytest.raises(MeasurementError, match="MLGATE_MEMORY_MB"):
            granted_memory({"MLGATE_MEMORY_MB": wrong})
