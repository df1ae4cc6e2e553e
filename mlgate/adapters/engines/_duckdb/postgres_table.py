"""Tables of a Postgres server, read by psycopg in one read-only transaction and copied in pieces, so that memory stays flat."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mlgate.adapters.engines._duckdb.postgres_types import PostgresColumn, text_column
from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.text_rows import TextColumn, create
from mlgate.adapters.sources._connection import Connection
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import quoted, text_literal
from mlgate.core.marked import quoting
from mlgate.core.ports import TableSource

PIECE_BYTES = 64 << 20
_LONGEST_LINE = 2 << 20  # what DuckDB's reader of CSV is ready for unasked
_FORM = "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', nullstr = '', allow_quoted_nulls = false"
_OF_SERVER = ("08", "40", "53", "55", "57", "58", "XX")  # classes of SQLSTATE: connections, conflicts, resources, shutdowns, the system
_READABLE = "('r', 'v', 'm', 'p', 'f')"  # tables, views, materialized views, partitioned and foreign tables
_FIND = f"""
select c.oid::bigint, n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in {_READABLE} and c.relname = %(table)s
and case when %(schema)s = '' then pg_table_is_visible(c.oid) else n.nspname = %(schema)s end
"""
_KNOWN = f"""
select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in {_READABLE} and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1 limit 20
"""
_COLUMNS = """
with recursive base(number, name, type, modifier) as (
  select attnum, attname, atttypid, atttypmod from pg_attribute where attrelid = %(oid)s::oid and attnum > 0 and not attisdropped
  union all
  select number, name, typbasetype, case when typtypmod >= 0 then typtypmod else modifier end from base join pg_type on oid = type and typtype = 'd'
)
select name::text, t.typname::text, modifier, case when t.typcategory = 'A' then coalesce(e.typname::text, '') else '' end
from base join pg_type t on t.oid = base.type and t.typtype <> 'd' left join pg_type e on e.oid = t.typelem order by number
"""


def copy_postgres(session: Session, name: str, opened: TableSource) -> None:
    """Copies a table or view in one snapshot; nothing is written.

    Raises `MeasurementError` for a server that cannot be reached, a table that is not there, and values without a type here.
    """
    try:
        import psycopg
    except ImportError as error:
        fix = "pip install mlgate[postgres]"
        raise MeasurementError("tables of Postgres need the package psycopg", cause="configuration", fix=fix) from error
    connection = Connection.parse(opened.database)
    assert connection is not None, "the source has looked at it"
    try:
        with psycopg.connect(**_arguments(connection)) as database:
            database.read_only = True
            database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            with database.cursor() as cursor:
                cursor.execute("set local timezone = 'UTC'; set local datestyle = 'ISO'; set local extra_float_digits = 1")
                place, columns = _described(cursor, opened)
                create(session, name, columns)
                asked = ", ".join([*(column.asked for column in columns), "1"])  # a line of one null would be an empty line
                with cursor.copy(f"copy (select {asked} from {place}) to stdout (format csv)") as rows:
                    _copy(session, name, columns, rows)
    except psycopg.Error as error:
        raise _translated(error, opened, connection) from None  # the cause would show the connection string


def _arguments(connection: Connection) -> dict[str, Any]:
    words = {("dbname" if name == "database" else name): value for name, value in connection.words.items()}
    return {"connect_timeout": 10, **words, "client_encoding": "utf8", "application_name": "mlgate"}


def _described(cursor: Any, opened: TableSource) -> tuple[str, list[TextColumn]]:
    schema, _, table = opened.table.rpartition(".")
    found = cursor.execute(_FIND, {"schema": schema, "table": table}).fetchone()
    if found is None:
        known = ", ".join(row[0] for row in cursor.execute(_KNOWN).fetchall()) or "none that this user can see"
        raise MeasurementError(f"{opened}: there is no such table", cause="configuration", fix=f"tables are {known}", missing=True)
    columns = [text_column(PostgresColumn(*row)) for row in cursor.execute(_COLUMNS, {"oid": found[0]}).fetchall()]
    if not columns:
        raise MeasurementError(f"{opened} has no columns", fix="name a table with columns")
    return f"{quoted(found[1])}.{quoted(found[2])}", columns


def _copy(session: Session, name: str, columns: Sequence[TextColumn], rows: Any) -> None:
    session.folder.mkdir(parents=True, exist_ok=True)
    piece = session.folder / f"{name}.csv"
    try:
        for count, longest in _pieces(piece, rows):
            texts = {f"c{index}": "VARCHAR" for index in range(len(columns))} | {"last": "INTEGER"}
            types = ", ".join(f"{text_literal(column)}: '{kind}'" for column, kind in texts.items())
            picked = ", ".join(column.value(f"c{index}") for index, column in enumerate(columns))
            source = f"read_csv({text_literal(str(piece))}, {_FORM}, max_line_size = {longest}, columns = {{{types}}})"
            inserted = session.connection.execute(f"insert into {quoted(name)} select {picked} from {source}").fetchall()[0][0]
            if inserted != count:
                raise MeasurementError(
                    f"{inserted:,} of {count:,} rows arrived", cause="infrastructure", fix="report it: mlgate reads Postgres wrongly"
                )
    finally:
        piece.unlink(missing_ok=True)


def _pieces(piece: Path, rows: Any) -> Iterator[tuple[int, int]]:
    """Fills a file with lines again and again, and gives each time (lines in it, bytes that hold its longest line). libpq hands out whole lines."""
    ended = False
    while not ended:
        count, size, longest = 0, 0, _LONGEST_LINE
        with piece.open("wb") as file:
            while size < PIECE_BYTES:
                line = rows.read()
                if not line:
                    ended = True
                    break
                file.write(line)
                count, size, longest = count + 1, size + len(line), max(longest, len(line) + 1)
        if count:
            yield count, longest


def _translated(error: Any, opened: TableSource, connection: Connection) -> MeasurementError:
    said = connection.without_secrets(" ".join(str(error).split()))
    state = error.sqlstate or ""
    if not state and "database" in said and "does not exist" in said:
        state = "3D000"  # libpq gives no code for what goes wrong while it connects
    if state.startswith("28") or (not state and "password" in said):
        fix = "correct the user or the password; libpq also reads PGUSER, PGPASSWORD and ~/.pgpass"
        return MeasurementError(f"{opened}: {said}", cause="configuration", fix=fix)
    if state.startswith(("42", "3D")):
        return MeasurementError(f"{opened}: {said}", cause="configuration", fix="correct the name, or grant the user the right to read the table")
    if state and not state.startswith(_OF_SERVER):  # of a view: the server's words may hold a value
        return MeasurementError(f"{opened}: {quoting(said)}", fix="mend the view, or the rows that it fails on")
    fix = "check that the server runs and can be reached from here, then run again"
    return MeasurementError(f"{opened}: {said}", cause="infrastructure", fix=fix)
