"""Where data and models lie: `${ENV}` filled in, relative paths resolved against the gate file's folder."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from pathlib import Path

LOCATIONS = frozenset({"path", "table", "artifact", "endpoint", "predictions"})  # the keys that may hold ${ENV}
_REFERENCE = re.compile(r"\$\{(?P<body>[^{}]*)(?P<end>\}?)")
_BODY = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?P<default>.*))?", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+:")  # two letters or more: one letter is a Windows drive
_MAGIC = re.compile(r"[*?\[]")
_FILE_DRIVERS = frozenset({"duckdb", "sqlite"})


class UnsetError(ValueError):
    """A `${...}` that cannot be filled in; `fix` says what to write."""

    def __init__(self, what: str, fix: str) -> None:
        self.fix = fix
        super().__init__(what)


def folder_of(path: Path) -> Path:
    """The absolute folder of a gate file, `..` resolved by name as a user reads it."""
    return Path(os.path.abspath(path)).parent  # noqa: PTH100 (Path.absolute keeps `..`, Path.resolve follows links)


def fill(text: str, env: Mapping[str, str]) -> str:
    """`text` with `${NAME}` and `${NAME:-default}` replaced. What is filled in is not looked at again. Raises `UnsetError`."""

    def value(match: re.Match[str]) -> str:
        body = _BODY.fullmatch(match["body"])
        if body is None or not match["end"]:
            raise UnsetError(f"{match[0]!r} is not a reference to the environment", "write ${NAME} or ${NAME:-default}")
        found = env.get(body["name"]) or body["default"]
        if found is None:
            state = "empty" if body["name"] in env else "not set"
            raise UnsetError(
                f"the environment variable {body['name']} is {state}", f"set {body['name']}, or write a default: ${{{body['name']}:-default}}"
            )
        return found

    return _REFERENCE.sub(value, text)


def resolve(key: str, text: str, folder: Path) -> str:
    """The absolute form of a location under `key`; URLs and registry names (`models:/name@alias`) stay as they are.

    Raises `ValueError` for a `table` that names no driver, database and table.
    """
    if key == "table":
        return _table(text, folder)
    if key == "endpoint" or _SCHEME.match(text):
        return text
    return _absolute(text, folder)


def _table(text: str, folder: Path) -> str:
    driver, _, rest = text.partition(":")
    if driver == "spark" and rest:
        return text
    database, _, table = rest.rpartition(":")
    if not (driver and database and table):
        raise ValueError("a table is driver:database:table, for instance duckdb:file.db:name")
    if driver in _FILE_DRIVERS:
        database = _absolute(database, folder)
    return f"{driver}:{database}:{table}"


def _absolute(text: str, folder: Path) -> str:
    if Path(text).is_absolute():
        return text
    if _MAGIC.search(text):  # a bracket in the folder's own name is no pattern
        folder = Path(glob.escape(str(folder)))
    return os.path.normpath(folder / text)
