"""What the adapters must offer. The run knows adapters only through these."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from mlgate.core.content import ContentSums
from mlgate.core.plan import Scan
from mlgate.core.request import Probe, Request, Rows
from mlgate.core.scored import Scored
from mlgate.core.table_schema import TableSchema, TypeName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mlgate.core.corrupter import Damage
    from mlgate.core.gate import Dataset, Model

Progress = Callable[[str], None]


@dataclass(frozen=True)
class FilesSource:
    """Files of one format (`parquet`, `csv`, `jsonl`, `profile`), absolute paths in sorted order, never empty.

    `partitions` are the columns (`integer`, `date` or `string`) that their folders add: `column=value` below the dataset's own folder. Folders
    further up are where the data happens to lie, and add none.
    """

    paths: tuple[str, ...]
    format: str
    partitions: tuple[tuple[str, TypeName], ...] = ()

    @property
    def engine(self) -> str | None:
        """The only engine that can read them, whatever the dataset says; None where it is free."""
        return "profile" if self.format == "profile" else None


@dataclass(frozen=True)
class TableSource:
    """A table in a database: `driver` (`duckdb`, `sqlite`, `postgres`, ...), `database` (a file or connection string), `table`.

    A connection string may hold a password: messages and evidence show `str(source)`, in which `place` stands for it.
    """

    driver: str
    database: str = field(repr=False)
    table: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.driver}:{self.place or self.database}:{self.table}"


@dataclass(frozen=True)
class FrameSource:
    """An in-memory frame (pandas, polars, Arrow), read without a copy, an Arrow stream, read once, or a DataFrame of PySpark.

    `name` is what messages call it.
    """

    frame: Any
    name: str = "frame"


Opened = FilesSource | TableSource | FrameSource


class Source(Protocol):
    """Turns a dataset declaration into something an engine can read. Registered under `mlgate.sources`."""

    def accepts(self, dataset: Dataset) -> bool:
        """Whether this is the source of such a dataset; the first that says so is taken."""
        ...

    def open(self, dataset: Dataset) -> Opened:
        """Raises `MeasurementError` with where, what, expected and fix: missing, empty, a directory without files, bytes unlike `digest`."""
        ...

    def fingerprint(self, opened: Opened) -> str:
        """A short text that changes when the data does (file names, sizes and modification times; `memory` for frames)."""
        ...


@runtime_checkable
class Scorer(Protocol):
    """A model in this process."""

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The columns it reads, in its order. Raises `MeasurementError` naming those that are not available."""
        ...

    def score(self, frame: Any) -> Mapping[str, Any]:
        """A pandas frame of n rows in, columns of n values out: `prediction`, `score` (class 1), `score_<class>`."""
        ...


@runtime_checkable
class Timed(Protocol):
    """What a scorer that asks another process may offer besides: how long the answers took."""

    def took(self) -> Scored:
        """Of all rows scored so far."""
        ...


class ModelAdapter(Protocol):
    """Opens one sort of model. Registered under `mlgate.models`."""

    def accepts(self, model: Model) -> bool:
        """Whether this adapter opens such a model; the first that says so is taken."""
        ...

    def open(self, model: Model) -> Scorer | Opened:
        """A scorer, or stored predictions to be joined by key. Raises `MeasurementError` (cause model)."""
        ...

    def fingerprint(self, model: Model) -> str:
        """A short text that changes when the model does."""
        ...


class Prober(Protocol):
    """Runs code on rows. Registered under `mlgate.probes`."""

    def answer(self, probe: Probe, frames: Sequence[Any]) -> Any:
        """The answer to `probe`; `frames` holds a pandas frame for each of its inputs, columns under the names asked for.

        Raises `MeasurementError`, of a missing package with the pip extra that brings it.
        """
        ...


class Engine(Protocol):
    """Answers scans. Registered under `mlgate.engines`; made anew for each run with a folder of its own for spilling."""

    def __init__(self, folder: Path) -> None: ...

    def open(self, name: str, dataset: Dataset, opened: Opened) -> TableSchema:
        """Makes a dataset readable under its name. Raises `MeasurementError`."""
        ...

    def features(self, dataset: str, columns: Sequence[str], *, batch_rows: int = ...) -> Iterator[Any]:
        """Pandas frames of `columns` in batches, all rows in file order, which is the order that `attach` expects scores in."""
        ...

    def attach(
        self,
        model: str,
        dataset: str,
        key: Sequence[str],
        predictions: Opened | Mapping[str, Any],
        renames: Mapping[str, str],
        *,
        threshold: float | None = None,
    ) -> TableSchema:
        """Joins predictions to a dataset's rows: stored ones by key, arrays by row position. Returns their columns.

        Of stored predictions, `renames` maps column names to roles, and `threshold` makes `prediction` out of `score` (1 where score >= threshold).
        Raises `MeasurementError` for double keys and for predictions without `prediction` or `score`.
        """
        ...

    def frame(self, rows: Rows) -> Any:
        """The rows as a pandas frame, for code that runs on rows: columns as asked for, in file order, numpy's types where nothing is null."""
        ...

    def lock(self) -> None:
        """After the declared sources are opened: no external access, no extensions, no configuration."""
        ...

    def answer(self, scan: Scan, batch: Sequence[Request]) -> Mapping[Request, Any]:
        """Answers one batch by one pass. Raises whatever the database raises: the run isolates the culprit."""
        ...

    def statement(self, scan: Scan, batch: Sequence[Request]) -> str:
        """The SQL that `answer` would send, for `mlgate plan` and error messages."""
        ...

    def close(self) -> None:
        """Lets go of everything that was opened; called once, also after errors."""
        ...


@runtime_checkable
class ContentEngine(Protocol):
    """An engine that can also add up a dataset's content for its digest, as `mlgate.core.content` says."""

    def content(self, dataset: str) -> ContentSums:
        """One pass over an open dataset. Raises `MeasurementError` for a column of a type that has no encoding."""
        ...


class MemoryTable(Protocol):
    """All rows of a dataset in memory, to be taken and damaged again and again. Every method gives a new table and leaves this one as it is."""

    @property
    def rows(self) -> int:
        """Their number."""
        ...

    @property
    def frame(self) -> Any:
        """What `Dataset.frame` takes: the rows with the types of their source."""
        ...

    def numbers(self, column: str) -> NDArray[np.float64]:
        """A numeric column (rows,), NaN where null."""
        ...

    def codes(self, column: str) -> NDArray[np.intp]:
        """A column of any type (rows,) as 0, 1, 2, ..., equal where its values are; null is a value."""
        ...

    def take(self, rows: NDArray[np.intp]) -> MemoryTable:
        """These rows, in this order, repeats allowed."""
        ...

    def damaged(self, damage: Damage) -> MemoryTable:
        """The rows after `damage`."""
        ...


@runtime_checkable
class TableEngine(Protocol):
    """An engine that can also hand out a whole dataset as a table in memory."""

    def table(self, dataset: str, *, most_rows: int) -> MemoryTable:
        """Raises `MeasurementError` for more rows than `most_rows`."""
        ...


@runtime_checkable
class BytesSource(Source, Protocol):
    """A source whose data has bytes that a `sha256:` digest can lock."""

    def digest(self, opened: Opened) -> str:
        """`sha256:` and 64 hexadecimal digits."""
        ...


@runtime_checkable
class BytesModel(Protocol):
    """A model adapter whose fingerprints tell when a file was written too: the digest tells one model from another by its bytes alone."""

    def digest(self, model: Model) -> str:
        """`sha256:` and 64 hexadecimal digits. Raises `MeasurementError` for a file that cannot be read."""
        ...


@runtime_checkable
class Watched(Protocol):
    """What an engine may offer besides: its running work can be looked at and ended from another thread."""

    def done(self) -> float | None:
        """The share of the running statement that is done, in [0, 1]; None where it is not known. Called while `answer` runs."""
        ...

    def interrupt(self) -> None:
        """Ends the running statement: the call that waits for its answer raises. Does nothing where nothing runs."""
        ...
