"""As `one_query_per_check`, but no table is made of a CSV file first: every statement parses it, as a check that reads its file by itself does."""

from __future__ import annotations

from one_query_per_check import work
from protocol import answer

from mlgate.adapters.engines._duckdb import csv_files
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.core.expression import quoted


def make_view(session: Session, name: str, files: str, paths: list[str], *, more: str) -> None:
    """A view with the types of all lines."""
    found = session.describe(f"select * from {csv_files.reader(files, paths, more=more)}")
    columns = ", ".join(f"'{column}': '{kind}'" for column, kind in found)
    session.run(f"create view {quoted(name)} as select * from read_csv({files}, header = true, auto_detect = false, columns = {{{columns}}})")


if __name__ == "__main__":
    csv_files.make_table = make_view
    answer(("mlgate", "duckdb"), work)
