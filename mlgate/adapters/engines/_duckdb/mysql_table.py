"""Tables of a MySQL or MariaDB server, read by PyMySQL in one read-only transaction and copied in batches, so that memory stays flat."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from mlgate.adapters.engines._duckdb.session import Session
from mlgate.adapters.engines._duckdb.text_rows import TextColumn, create, insert
from mlgate.adapters.sources._connection import Connection
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.ports import TableSource

BATCH_ROWS = 20_000
TIMEOUT_S = 10.0
_INTEGERS = {"tinyint": "TINYINT", "smallint": "SMALLINT", "mediumint": "INTEGER", "int": "INTEGER", "bigint": "BIGINT", "year": "SMALLINT"}
_PLAIN = {"double": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP", "timestamp": "TIMESTAMP WITH TIME ZONE", "time": "TIME"}
_BINARY = frozenset({"binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"})
_TEXT = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json", "uuid", "inet4", "inet6"})
_COLUMNS = """
select column_name, data_type, column_type, numeric_precision, numeric_scale from information_schema.columns
where table_schema = %s and table_name = %s order by ordinal_position
"""
_KNOWN = """
select concat(table_schema, '.', table_name) from information_schema.tables
where table_schema not in ('mysql', 'sys', 'performance_schema', 'information_schema') order by 1 limit 20
"""
_OF_CLIENT = 2000  # numbers from here on are said by the client: no server, no connection
_DENIED = frozenset({1044, 1045, 1698})
_NO_TABLE = frozenset({1049, 1142, 1146})


def copy_mysql(session: Session, name: str, opened: TableSource) -> None:
    """Copies a table or view in one snapshot, where its storage engine has them (InnoDB); nothing is written.

    Raises `MeasurementError` for a server that cannot be reached, a table that is not there, and values without a type here.
    """
    try:
        import pymysql
    except ImportError as error:
        fix = "pip install mlgate[mysql]"
        raise MeasurementError("tables of MySQL need the package PyMySQL", cause="configuration", fix=fix) from error
    connection = Connection.parse(opened.database)
    assert connection is not None, "the source has looked at it"
    try:
        texts = pymysql.converters.encoders  # and no decoders: every value arrives as the text that the server wrote
        made = pymysql.connect(**_arguments(connection), conv=texts, cursorclass=pymysql.cursors.SSCursor, defer_connect=True)
        made.connect(_socket(connection.words))
        with closing(made) as database, database.cursor() as cursor:
            cursor.execute("set time_zone = '+00:00'")
            cursor.execute("start transaction with consistent snapshot, read only")
            schema, columns = _described(cursor, opened, connection.words.get("database", ""))
            create(session, name, columns)
            table = opened.table.rpartition(".")[2]
            cursor.execute(f"select {', '.join(column.asked for column in columns)} from {_quoted(schema)}.{_quoted(table)}")
            while rows := cursor.fetchmany(BATCH_ROWS):
                insert(session, name, columns, rows)
    except (pymysql.MySQLError, OSError) as error:
        raise _translated(error, opened, connection) from None  # the cause would show the connection string


def _arguments(connection: Connection) -> Mapping[str, Any]:
    words = connection.words
    given: dict[str, Any] = {
        "host": words.get("host", "localhost"),
        "user": words.get("user"),
        "password": words.get("password") or os.environ.get("MYSQL_PWD", ""),
        "database": words.get("database"),
        "port": int(words["port"]) if words.get("port", "").isdigit() else 3306,
        "ssl_ca": words.get("ssl_ca"),
        "connect_timeout": TIMEOUT_S,
        "charset": "utf8mb4",
    }
    return {name: value for name, value in given.items() if value is not None}


def _socket(words: Mapping[str, str]) -> socket.socket | None:
    """A connection to a server's Unix socket, None where it is reached by its host: PyMySQL would not close one that nobody answers."""
    path = words.get("unix_socket") or words.get("socket")
    if path is None:
        return None
    found = socket.socket(socket.AF_UNIX)
    try:
        found.settimeout(TIMEOUT_S)
        found.connect(path)
        found.settimeout(None)
    except OSError:
        found.close()
        raise
    return found


def _described(cursor: Any, opened: TableSource, database: str) -> tuple[str, list[TextColumn]]:
    schema, _, table = opened.table.rpartition(".")
    cursor.execute(_COLUMNS, (schema or database, table))
    found = [[_plain(cell) for cell in row] for row in cursor.fetchall()]
    if not found:
        cursor.execute(_KNOWN)
        known = ", ".join(str(_plain(row[0])) for row in cursor.fetchall()) or "none that this user can see"
        raise MeasurementError(f"{opened}: there is no such table", cause="configuration", fix=f"tables are {known}", missing=True)
    return schema or database, [_text_column(*row) for row in found]


def _text_column(name: str, type_: str, whole_type: str, precision: str | None, scale: str | None) -> TextColumn:
    """How a column is asked for and read."""
    sql, type_ = _quoted(name), type_.lower()
    if type_ in _INTEGERS:
        kind = _INTEGERS[type_]
        return TextColumn(name, sql, f"U{kind}" if "unsigned" in whole_type.lower() and type_ != "year" else kind)
    if type_ == "decimal":
        digits = int(precision or 0)
        return TextColumn(name, sql, f"DECIMAL({digits}, {int(scale or 0)})" if digits <= 38 else "DOUBLE")
    if type_ == "float":  # as text it would lose digits
        return TextColumn(name, f"{sql} + 0e0", "FLOAT")
    if type_ == "bit":
        return TextColumn(name, f"{sql} + 0", "UBIGINT")
    if type_ in _BINARY or type_ not in (*_PLAIN, *_TEXT):  # geometries are their bytes
        return TextColumn(name, f"hex({sql})", "BLOB", "unhex({})")
    return TextColumn(name, f"cast({sql} as char character set utf8mb4)" if type_ in _TEXT else sql, _PLAIN.get(type_, "VARCHAR"))


def _plain(cell: Any) -> Any:
    return cell.decode() if isinstance(cell, bytes) else cell


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _translated(error: Exception, opened: TableSource, connection: Connection) -> MeasurementError:
    number = error.args[0] if error.args else None
    said = connection.without_secrets(" ".join(str(part) for part in error.args[1:]) or str(error))
    if number in _DENIED:
        fix = "correct the user or the password; MYSQL_PWD is read where the connection string has none"
        return MeasurementError(f"{opened}: {said}", cause="configuration", fix=fix)
    if number in _NO_TABLE:
        fix = "correct the name, or grant the user the right to read the table"
        return MeasurementError(f"{opened}: {said}", cause="configuration", fix=fix)
    if isinstance(number, int) and number < _OF_CLIENT and not isinstance(error, OSError):
        said = quoting(said)  # the server's words may hold a value
    fix = "check that the server runs and can be reached from here, then run again"
    return MeasurementError(f"{opened}: {said}", cause="infrastructure", fix=fix)
