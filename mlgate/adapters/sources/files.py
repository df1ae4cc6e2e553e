"""Datasets in files: one file, a glob, or a folder of them."""

from __future__ import annotations

import glob
import hashlib
import itertools
from collections.abc import Sequence
from pathlib import Path

from mlgate.adapters.sources._partitions import partitions
from mlgate.adapters.sources._table_formats import no_table_format
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import FilesSource
from mlgate.core.profile import SUFFIX
from mlgate.core.result import LEDGER

FORMATS = {
    ".parquet": "parquet",
    SUFFIX: "profile",
    ".csv": "csv",
    ".csv.gz": "csv",
    ".csv.zst": "csv",
    ".tsv": "csv",
    ".tsv.gz": "csv",
    ".tsv.zst": "csv",
    ".json": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json.gz": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson.gz": "jsonl",
    ".json.zst": "jsonl",
    ".jsonl.zst": "jsonl",
    ".ndjson.zst": "jsonl",
}
_OTHERS = {  # suffixes that data often has and that are not read, with the pandas function that a `frame:` may call
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".ods"), "read_excel"),
    **dict.fromkeys((".feather", ".arrow", ".ipc"), "read_feather"),
    **dict.fromkeys((".pkl", ".pickle"), "read_pickle"),
    **dict.fromkeys((".h5", ".hdf5"), "read_hdf"),
    ".orc": "read_orc",
    ".xml": "read_xml",
    ".sas7bdat": "read_sas",
    ".dta": "read_stata",
}
_MAGIC = b"PAR1"
_CHUNK_BYTES = 1 << 20


class Files:
    """Parquet, CSV or JSON lines, by suffix or by `format`. A folder gives all files of its one known suffix, those of sub-folders included.

    Sub-folders named `column=value` add a column.
    """

    marks_values = True

    def accepts(self, dataset: Dataset) -> bool:
        """True where the gate file says `path`, and no format of a whole folder."""
        return dataset.path is not None and dataset.format in (None, *FORMATS.values())

    def open(self, dataset: Dataset) -> FilesSource:
        """The files, by absolute path in sorted order.

        Raises `MeasurementError` for no file, an empty or cut-off one, files of several formats, and for other bytes than `digest`.
        """
        assert dataset.path is not None
        found = _found(dataset.path, dataset.format)
        no_table_format(found)
        formats = {dataset.format or _format_of(path) for path in found}
        if len(formats) > 1:
            what = f"{dataset.path} holds files of several formats: {', '.join(sorted(formats))}"
            raise MeasurementError(what, fix="narrow the path to one suffix")
        format_ = formats.pop()
        for path in found:
            _whole(path, format_)
        if dataset.digest is not None and dataset.digest.startswith("sha256:"):
            _same_bytes(found, dataset.digest, dataset.path)
        return FilesSource(tuple(str(path) for path in found), format_, partitions(found, _root(dataset.path)))

    def fingerprint(self, opened: FilesSource) -> str:
        """Names, sizes in bytes and modification times in ns of the files; a hash of them where there are many."""
        parts = [f"{Path(path).name}:{(stat := Path(path).stat()).st_size}:{stat.st_mtime_ns}" for path in opened.paths]
        text = " ".join(parts)
        if len(text) <= 200:
            return text
        newest = max(opened.paths, key=lambda path: Path(path).stat().st_mtime_ns)
        return f"{len(parts)} files, newest {Path(newest).name}, sha256:{hashlib.sha256(text.encode()).hexdigest()}"

    def digest(self, opened: FilesSource) -> str:
        """`sha256:...` over the bytes of all files."""
        return digest_of([Path(path) for path in opened.paths])


def digest_of(paths: Sequence[Path]) -> str:
    """`sha256:...` over the bytes of the files in sorted order, one after the other."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
    return f"sha256:{digest.hexdigest()}"


def _root(path: str) -> Path:
    """The folder below which folder names are columns: the dataset's own, or the one before the first wildcard; a file has none of its own."""
    place = Path(path)
    if place.is_dir() or place.is_file():
        return (place if place.is_dir() else place.parent).absolute()
    fixed = itertools.takewhile(lambda part: not glob.has_magic(part), place.absolute().parts)
    return Path(*fixed)


def _found(path: str, format_: str | None) -> list[Path]:
    place = Path(path)
    if place.is_dir():
        return _in_folder(place, format_)
    if place.is_file():
        return [place.absolute()]
    if not glob.has_magic(path):
        near = ", ".join(sorted(other.name for other in place.parent.iterdir())[:8]) if place.parent.is_dir() else ""
        hint = f"; {place.parent} holds {near}" if near else ""
        raise MeasurementError(f"file not found: {path}", fix=f"write the file, or correct the path{hint}", missing=True)
    matches = sorted(Path(name).absolute() for name in glob.glob(path, recursive=True))  # noqa: PTH207  Path.glob takes no absolute pattern
    files = [match for match in matches if match.is_file() and not _is_ledger(match)]
    if not files:
        raise MeasurementError(f"no file matches {path}", fix="write the files, or correct the pattern", missing=True)
    return files


def _in_folder(folder: Path, format_: str | None) -> list[Path]:
    files = sorted(path.absolute() for path in folder.rglob("*") if path.is_file() and not (_is_hidden(path.relative_to(folder)) or _is_ledger(path)))
    known = [path for path in files if _suffix_of(path)]
    if format_ is not None:
        known = [path for path in files if FORMATS.get(_suffix_of(path), format_) == format_]
    if not known:
        raise MeasurementError(f"folder {folder} holds no data files", fix=f"name a file, or a folder with files of one suffix: {', '.join(FORMATS)}")
    suffixes = sorted({_suffix_of(path) for path in known})
    if len(suffixes) > 1 and format_ is None:
        what = f"folder {folder} holds files of several suffixes: {', '.join(suffixes)}"
        raise MeasurementError(what, fix=f"narrow it to one: {folder}/*{suffixes[0]}")
    return known


def _is_hidden(path: Path) -> bool:
    return any(part.startswith((".", "_")) for part in path.parts)


def _is_ledger(path: Path) -> bool:
    """Whether it counts the uses of an evaluation set, or is the lock of such a file: it lies next to data and is none."""
    return path.name.removesuffix(".lock").endswith(LEDGER)


def _suffix_of(path: Path) -> str:
    """The longest known suffix of a name, empty for an unknown one."""
    name = path.name.lower()
    return max((suffix for suffix in FORMATS if name.endswith(suffix)), key=len, default="")


def _format_of(path: Path) -> str:
    suffix = _suffix_of(path)
    if function := _OTHERS.get(path.suffix.lower()):
        fix = f"write it as Parquet or CSV, or hand it over with `frame: package.module:function`, a function that returns pandas.{function}(...)"
        raise MeasurementError(f"{path}: files of type {path.suffix} are not read", cause="configuration", fix=fix)
    if not suffix:
        raise MeasurementError(
            f"{path}: unknown suffix {path.suffix!r}",
            cause="configuration",
            fix=f"say what it is with `format: parquet | csv | jsonl`, or use one of {', '.join(FORMATS)}",
        )
    return FORMATS[suffix]


def _whole(path: Path, format_: str) -> None:
    """Raises `MeasurementError` for a file that is empty, or Parquet without its first or last bytes."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_MAGIC))
            if not head:
                raise MeasurementError(f"{path} is empty (0 bytes)", fix="write the file again: whatever wrote it did not finish")
            if format_ != "parquet":
                return
            file.seek(0, 2)
            size = file.tell()
            file.seek(max(0, size - len(_MAGIC)))
            tail = file.read()
    except OSError as error:
        raise MeasurementError(f"{path} cannot be read: {error.strerror}", cause="infrastructure", fix="check the permissions of the file") from error
    if head != _MAGIC:
        raise MeasurementError(f"{path} is not a Parquet file: it does not begin with PAR1", fix="correct the path, or say what it is with `format:`")
    if tail != _MAGIC or size < 12:
        raise MeasurementError(f"{path} is a Parquet file cut off after {size:,} bytes", fix="write the file again: whatever wrote it did not finish")


def _same_bytes(paths: Sequence[Path], digest: str, path: str) -> None:
    found = digest_of(paths)
    if found != digest:
        raise MeasurementError(
            f"{path} has other bytes than its digest: got {found}, expected {digest}",
            fix="restore the locked file, or, if the change is meant, write the new digest into the gate file",
        )
