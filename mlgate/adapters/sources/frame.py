"""Datasets in memory: pandas, polars, Arrow and PySpark frames, or a function of the project that makes one."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.marked import quoting
from mlgate.core.ports import FrameSource
from mlgate.core.registry import import_callable

# (library, class); classes are matched by name, so that no library is imported to look at a frame
_READABLE = frozenset(
    {
        ("pandas", "DataFrame"),
        ("polars", "DataFrame"),
        ("polars", "LazyFrame"),
        ("pyarrow", "Table"),
        ("pyarrow", "FileSystemDataset"),
        ("pyarrow", "InMemoryDataset"),
        ("pyarrow", "UnionDataset"),
        ("pyspark", "DataFrame"),
    }
)
_FIX = "pass a pandas or polars DataFrame, a polars LazyFrame, an Arrow Table or Dataset, or a DataFrame of PySpark"


class Frame:
    """A frame handed over in Python, or `package.module:function`, which is imported, called without arguments, and returns one."""

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where a `frame` is given."""
        return dataset.frame is not None

    def open(self, dataset: Dataset) -> FrameSource:
        """The frame. Raises `MeasurementError` where it cannot be made or read, and for a stream: it would be empty on its second scan."""
        frame = dataset.frame
        if isinstance(frame, str):
            frame = _called(frame)
        elif callable(frame) and not _is_readable(frame):
            frame = _made(frame, getattr(frame, "__qualname__", repr(frame)))
        if not _is_readable(frame):
            raise _unreadable(frame)
        return FrameSource(frame)

    def fingerprint(self, opened: FrameSource) -> str:
        """`memory`: a frame has no name and no date."""
        return "memory"


def _called(target: str) -> Any:
    return _made(import_callable(target), target)


def _made(function: Any, name: str) -> Any:
    try:
        return function()
    except Exception as error:  # the user's function may raise anything
        raise MeasurementError(
            f"{name} raised {type(error).__name__}: {quoting(error)}",
            cause="data",
            fix="call the function by hand; it takes no argument and returns a frame",
        ) from error


def _is_readable(frame: Any) -> bool:
    return any((one.__module__.split(".")[0], one.__name__) in _READABLE for one in type(frame).__mro__)


def _unreadable(frame: Any) -> MeasurementError:
    name = f"{type(frame).__module__}.{type(frame).__name__}"
    if isinstance(frame, (Iterator, Generator)) or type(frame).__name__ in ("RecordBatchReader", "Scanner"):
        return MeasurementError(
            f"a {name} can be read only once: a second scan would find no rows", cause="configuration", fix=f"read it into a table first; {_FIX}"
        )
    return MeasurementError(f"{name} is not a frame", cause="configuration", fix=_FIX)
