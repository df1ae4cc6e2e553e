"""CSV as this project reads it: a header line, one delimiter, double quotes, UTF-8, every line as wide as the header.

DuckDB's own guess is kinder than a gate may be: it leaves out lines of another width, drops quotes that are never closed, takes `#` for a
comment. Here only types are guessed, from all lines, so that one late text makes a text column instead of a failing cast. DuckDB also takes
yes, no, t and f for booleans; only true and false are, as for pandas and polars.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.expression import quoted, text_literal

_DELIMITERS = (",", ";", "\t", "|")
_STRICT = "header = true, skip = 0, quote = '\"', escape = '\"', comment = '', union_by_name = true"
_FIRST_LINES = 20_480  # by which types are guessed at first
_SPELLED = {  # types that only values spelled so are of
    "BOOLEAN": "lower({0}) in ('true', 'false')",
    "BIGINT": "regexp_full_match({0}, '[+-]?[0-9]+')",
    "DATE": "regexp_full_match({0}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}')",
    "TIMESTAMP": "regexp_full_match({0}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[ T][0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}([.][0-9]{{1,6}})?')",
}
SAMPLE = 1000  # lines looked at where only the names of columns matter


def reader(files: str, paths: Sequence[str], *, sample: int = -1, as_text: Sequence[str] = (), more: str = "hive_partitioning = false") -> str:
    """`read_csv(..)` for `files` (an SQL list or literal), with the delimiter of the first path.

    `sample` in lines, -1 for all; the columns `as_text` are not guessed; `more` are options about the folders' names.
    """
    texts = ", ".join(f"{text_literal(name)}: 'varchar'" for name in as_text)
    types = f", types = {{{texts}}}" if as_text else ""
    return f"read_csv({files}, delim = {text_literal(delimiter(paths[0]))}, {_STRICT}, {more}, sample_size = {sample}{types})"


def make_table(session: Session, name: str, files: str, paths: Sequence[str], *, more: str) -> None:
    """Reads `files` into a table: in one pass by the types of the first lines where all lines have these, else by the types of all lines."""
    if len(paths) == 1:  # several files are guessed one by one, and a column that is empty in one of them is typed by the others
        try:
            if _made(session, name, _Reading(files, tuple(paths), more), _FIRST_LINES):
                return
        except (duckdb.ConversionException, duckdb.InvalidInputException):
            session.run(f"drop table if exists {quoted(name)}")
    _made(session, name, _Reading(files, tuple(paths), more), -1)


@dataclass(frozen=True)
class _Reading:
    files: str
    paths: tuple[str, ...]
    more: str

    def by(self, sample: int, as_text: Sequence[str] = ()) -> str:
        return reader(self.files, self.paths, sample=sample, as_text=as_text, more=self.more)


def _made(session: Session, name: str, reading: _Reading, sample: int) -> bool:
    """Makes a table by the types of the first `sample` lines (-1: all); False where these may not be the types of all lines.

    What can be cast is not yet of the type: DuckDB makes 2 of `2.5` and a date of a time. So columns are read as text where the spelling decides,
    looked through, and cast in the table.
    """
    types = dict(session.describe(f"select * from {reading.by(sample)}"))
    guessed = sample > 0
    if guessed and (set(types.values()) - set(_SPELLED) - {"VARCHAR", "DOUBLE"} or _some_empty(session, types, reading, sample)):
        return False
    spelled = {column: kind for column, kind in types.items() if kind == "BOOLEAN" or (guessed and kind in _SPELLED)}
    session.run(f"create or replace table {quoted(name)} as select * from {reading.by(sample, tuple(spelled))}")
    if spelled:
        said = ", ".join(f"bool_and({_SPELLED[kind].format(quoted(column))})" for column, kind in spelled.items())
        (found,) = session.rows(f"select {said} from {quoted(name)}")
        fits = dict(zip(spelled, (one is not False for one in found), strict=True))
        if not all(fits[column] or kind == "BOOLEAN" for column, kind in spelled.items()):
            return False
        for column in (column for column in spelled if fits[column]):
            session.run(f"alter table {quoted(name)} alter column {quoted(column)} type {spelled[column]}")
    return True


def _some_empty(session: Session, types: Mapping[str, str], reading: _Reading, sample: int) -> bool:
    """Whether a column looks like text only because the first lines have no value of it."""
    texts = [column for column, kind in types.items() if kind == "VARCHAR"]
    if not texts:
        return False
    counts = ", ".join(f"count({quoted(column)})" for column in texts)
    (found,) = session.rows(f"select {counts} from (select * from {reading.by(sample, texts)} limit {sample})")
    return not all(found)


def delimiter(path: str) -> str:
    if ".tsv" in path.lower():
        return "\t"
    bare = re.sub(r'"[^"]*"', "", _first_line(path))
    return max(_DELIMITERS, key=bare.count)  # the first of them, a comma, where there is none


def _first_line(path: str) -> str:
    if path.lower().endswith(".zst"):
        return _first_line_of_zstd(path)
    opened = gzip.open(path, "rb") if path.lower().endswith(".gz") else open(path, "rb")  # noqa: SIM115, PTH123  closed by `with`
    try:
        with opened as file:
            line: bytes = file.readline(1 << 20)
    except (OSError, EOFError, zlib.error):
        return ""  # DuckDB says better what is wrong with the file
    return line.decode("utf-8-sig", errors="replace")


def _first_line_of_zstd(path: str) -> str:
    # Python knows Zstandard from 3.14 on, DuckDB before: it reads lines as they are, with a delimiter and a quote that no text holds.
    plain = "header = false, auto_detect = false, delim = e'\\x01', quote = '', escape = '', columns = {'line': 'VARCHAR'}"
    try:
        with duckdb.connect(":memory:") as connection:
            found = connection.execute(f"select line from read_csv({text_literal(path)}, {plain}) limit 1").fetchone()
    except duckdb.Error:
        return ""
    return str(found[0]).removeprefix("\ufeff") if found else ""
