"""CSV as this project reads it: a header line, one delimiter, double quotes, UTF-8, every line as wide as the header.

DuckDB's own guess is kinder than a gate may be: it leaves out lines of another width, drops quotes that are never closed, takes `#` for a
comment. Here only types are guessed, from all lines, so that one late text makes a text column instead of a failing cast. DuckDB also takes
yes, no, t and f for booleans; only true and false are, as for pandas and polars.
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Sequence

import duckdb

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.expression import quoted, text_literal

_DELIMITERS = (",", ";", "\t", "|")
_STRICT = "header = true, skip = 0, quote = '\"', escape = '\"', comment = '', union_by_name = true"
SAMPLE = 1000  # lines looked at where only the names of columns matter


def reader(files: str, paths: Sequence[str], *, sample: int = -1, as_text: Sequence[str] = (), more: str = "hive_partitioning = false") -> str:
    """`read_csv(..)` for `files` (an SQL list or literal), with the delimiter of the first path.

    `sample` in lines, -1 for all; the columns `as_text` are not guessed; `more` are options about the folders' names.
    """
    texts = ", ".join(f"{text_literal(name)}: 'varchar'" for name in as_text)
    types = f", types = {{{texts}}}" if as_text else ""
    return f"read_csv({files}, delim = {text_literal(delimiter(paths[0]))}, {_STRICT}, {more}, sample_size = {sample}{types})"


def make_table(session: Session, name: str, files: str, paths: Sequence[str], *, more: str) -> None:
    """Reads `files` into a table."""
    session.run(f"create table {quoted(name)} as select * from {reader(files, paths, more=more)}")
    guessed = [column for column, kind in session.describe(f"select * from {quoted(name)}") if kind == "BOOLEAN"]
    if not guessed:
        return
    words = ", ".join(f"bool_and(lower({quoted(column)}) in ('true', 'false'))" for column in guessed)
    (found,) = session.rows(f"select {words} from {reader(files, paths, as_text=guessed, more=more)}")
    if words_only := [column for column, boolean in zip(guessed, found, strict=True) if boolean is False]:
        session.run(f"create or replace table {quoted(name)} as select * from {reader(files, paths, as_text=words_only, more=more)}")


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
