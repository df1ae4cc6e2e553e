"""Reads a gate file into a `Gate`, or raises all its faults at once."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlgate.core.errors import Fault, GateFileError
from mlgate.core.gate import Gate
from mlgate.gatefile.assembly import SECTIONS, assemble
from mlgate.gatefile.faults import Faults, shown
from mlgate.gatefile.locations import LOCATIONS, folder_of
from mlgate.gatefile.sections import Surroundings
from mlgate.gatefile.trail import Trail
from mlgate.gatefile.yaml_nodes import MAX_BYTES
from mlgate.gatefile.yaml_tree import Tree, read

VERSION = 1


def load(path: Path, *, env: Mapping[str, str] | None = None, shown_as: str = "") -> Gate:
    """The gate in a file. No data is opened.

    `env` fills `${NAME}` in locations (default: the process's environment). Relative locations become absolute, against the file's
    folder. `shown_as` is how messages name the file (default: relative to the working directory where it lies below it).
    Raises `GateFileError` with every fault of the file, and nothing else, whatever the file holds.
    """
    name = shown_as or displayed(path)
    content = _content(path, name)
    tree = read(content, name)
    faults = Faults(name, lambda trail, on_key: tree.place(trail, key=on_key), tree.faults)
    if not isinstance(tree.value, dict):
        faults.add((), "a gate file is a mapping", got=shown(tree.value), expected="a mapping that begins with `mlgate: 1`")
        faults.raise_any()
    _check_values(tree, faults)
    _check_envelope(tree.value, faults)
    lines = {index: tree.place(("checks", index))[0] for index, _ in enumerate(_list_of_checks(tree))}
    around = Surroundings(folder_of(path), os.environ if env is None else env)
    return assemble(tree.value, around, f"sha256:{hashlib.sha256(content).hexdigest()}", lines, faults)


def displayed(path: Path) -> str:
    """A path as users see it: relative to the working directory where it lies below it."""
    try:
        return path.absolute().relative_to(Path.cwd()).as_posix()
    except (ValueError, OSError):  # elsewhere, or no working directory any more
        return str(path)


def _content(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise GateFileError((Fault(name, 0, 0, f"the gate file cannot be read: {reason}"),)) from error


def _check_envelope(data: dict[Any, Any], faults: Faults) -> None:
    first = next(iter(data), None)
    if "mlgate" not in data:
        faults.add((), "the format version is missing", expected="`mlgate: 1` as the first line", fix="begin the file with `mlgate: 1`")
    elif type(data["mlgate"]) is not int or data["mlgate"] != VERSION:
        faults.add(("mlgate",), "unknown format version", got=shown(data["mlgate"]), expected=str(VERSION), fix="write `mlgate: 1`")
    elif first != "mlgate":
        faults.add(("mlgate",), "the format version is not the first key", fix="move `mlgate: 1` to the first line", on_key=True)
    for key in data:
        if key not in ("mlgate", *SECTIONS):
            faults.unknown((key,), "key", key, ["mlgate", *SECTIONS], on_key=True)


def _check_values(tree: Tree, faults: Faults) -> None:
    """Empty values of keys, NaN, and `${...}` where nothing fills it in."""
    for trail, value in _leaves(tree.value, ()):
        if value is None and trail in tree.keys:  # in a list null may be a member of a set of values: its type says
            faults.add(trail, "the value is empty", fix="write the value, or delete the key")
            faults.close(trail)
        elif isinstance(value, float) and math.isnan(value):  # some engines order NaN above all numbers: as a bound it would pass anything
            faults.add(trail, "NaN compares with nothing", got=".nan", fix="nulls and NaN are the business of `null_share`")
            faults.close(trail)
        elif isinstance(value, str) and "${" in value and not _is_location(trail):
            fix = f"only {', '.join(sorted(LOCATIONS))} are filled in from the environment: write the value itself"
            faults.add(trail, "${...} has no meaning here", got=shown(value), fix=fix)


def _is_location(trail: Trail) -> bool:
    return len(trail) == 3 and trail[0] in {"datasets", "models"} and trail[2] in LOCATIONS


def _leaves(value: Any, trail: Trail) -> Iterator[tuple[Trail, Any]]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, (*trail, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _leaves(part, (*trail, index))
    else:
        yield trail, value


def _list_of_checks(tree: Tree) -> list[Any]:
    checks = tree.value.get("checks")
    return checks if isinstance(checks, list) else []
