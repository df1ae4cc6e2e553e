"""Which SparkSession a run uses: the active one, one that the environment names, or none."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.adapters.engines._spark.errors import said
from mlgate.core.errors import MeasurementError
from mlgate.core.registry import import_callable

MASTER = "MLGATE_SPARK_MASTER"
FUNCTION = "MLGATE_SPARK_SESSION"
_LAUNCHED = ("SPARK_REMOTE", "PYSPARK_GATEWAY_PORT")  # Spark Connect; a process that spark-submit started
_FIX = (
    f"start a SparkSession before the gate is measured (conftest.py), or set {FUNCTION}=package.module:function, which returns one, "
    f"or {MASTER}=local[2] for one on this machine; docs/spark.md shows each"
)
_LOCAL = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.sql.shuffle.partitions": "8",
}


@dataclass(frozen=True)
class Started:
    """A session, and whether this engine started it."""

    spark: Any
    own: bool

    def close(self) -> None:
        """Stops a session of our own, and never another one."""
        if self.own:
            self.spark.stop()


def find(folder: Path) -> Started:
    """The session to use. Raises `MeasurementError` (cause infrastructure) where there is none and the environment asks for none."""
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise MeasurementError("pyspark is not installed", cause="infrastructure", fix="pip install 'mlgate[spark]'") from error
    active = SparkSession.getActiveSession()
    if active is not None:
        return Started(active, own=False)
    if function := os.environ.get(FUNCTION):
        return Started(_made(function), own=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Started(SparkSession.active(), own=False)  # the default one, where another thread is the active one's
        except Exception:  # noqa: BLE001, S110  PySpark raises where there is none
            pass
        if any(os.environ.get(name) for name in _LAUNCHED):
            return Started(_started(SparkSession.builder.appName("mlgate"), folder), own=False)
        if master := os.environ.get(MASTER):
            builder = SparkSession.builder.appName("mlgate").master(master)
            for key, value in _LOCAL.items():
                builder = builder.config(key, value)
            return Started(_started(builder, folder), own=True)
    raise MeasurementError("no Spark session is active", cause="infrastructure", fix=_FIX)


def _made(target: str) -> Any:
    try:
        session = import_callable(target)()
    except Exception as error:  # the user's function may raise anything
        raise MeasurementError(f"{FUNCTION}: {target} raised {type(error).__name__}: {said(error)}", cause="infrastructure") from error
    if not hasattr(session, "sql"):
        raise MeasurementError(f"{FUNCTION}: {target} returned {type(session).__name__}, not a SparkSession", cause="configuration")
    return session


def _started(builder: Any, folder: Path) -> Any:
    _need_java()
    log = tempfile.NamedTemporaryFile("w+b", suffix=".log", prefix="spark-", dir=folder, delete=False)  # noqa: SIM115  the JVM keeps it open
    with log:
        try:
            with _stderr_into(log.fileno()):
                return builder.getOrCreate()
        except Exception as error:
            lines = Path(log.name).read_text(encoding="utf-8", errors="replace").strip().splitlines()
            says = next((line for line in lines if "Error" in line or "Exception" in line), "")
            raise MeasurementError(
                f"Spark did not start: {said(error)} {says}".strip(),
                cause="infrastructure",
                fix="Spark 4 needs Java 17 or later: check `java -version`",
            ) from error


@contextmanager
def _stderr_into(file: int) -> Iterator[None]:
    """What the JVM prints while it starts, and logs for as long as it lives, goes into a file: it would bury the report."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        os.dup2(file, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _need_java() -> None:
    remote = os.environ.get("SPARK_REMOTE") or os.environ.get("PYSPARK_GATEWAY_PORT")
    if not (remote or os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise MeasurementError(
            "Spark needs Java, and neither `java` nor JAVA_HOME is there",
            cause="infrastructure",
            fix="install a Java runtime, version 17 or later, and set JAVA_HOME",
        )
