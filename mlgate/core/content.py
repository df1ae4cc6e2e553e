"""The content digest: one text for a table's content, whatever files, row order, compression or engine it comes in.

It is a multiset hash, so that an engine makes it in one pass with flat memory. Written so that every engine can:

1. A value is encoded as a letter, its text and a comma, or, where the text may hold a comma, as a letter, the text's length in code points, a
   colon and the text; null and NaN as `-`. No two rows of values have one encoding.

   n  number     a whole number below 2**63 in magnitude (and any value of an integer column) in decimal digits; any other float as `f` and
                 its 16 hexadecimal digits (IEEE 754 binary64, upper case). 1 and 1.0 are one value, 0.0 and -0.0 too.
   c  decimal    decimal digits without needless zeros after the point
   b  boolean    `true` or `false`
   d  date       days since 1970-01-01
   t  timestamp  nanoseconds since 1970-01-01 in UTC; without a zone it is taken as UTC
   h  time       nanoseconds since midnight
   i  duration   microseconds, a month having 30 days
   x  binary     hexadecimal digits, upper case
   s  string     with its length
   l  list       with its length: the encoded elements, one after the other
   r  struct     with its length: for each field in order of its name the name, encoded as a string, and the encoded value

   Infinite dates and timestamps are the words `infinity` and `-infinity`.
2. A row is the values of all columns in the order of their names (by code point), one after the other; its hash is the md5 of that text in UTF-8.
3. The first and the last 8 bytes of the hashes, as big-endian unsigned integers, are summed over all rows, modulo 2**64.
4. The digest is the sha256 of a JSON text that holds a version, the number of rows, both sums and the name and class of each column.

It finds accidents: a changed, lost, doubled or swapped value. It is not made against an adversary, who can find other rows with equal sums; the
digest over the bytes of the files is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from mlgate.core.errors import MeasurementError
from mlgate.core.table_schema import TableSchema, TypeName

LETTERS: Mapping[str, str] = {
    "number": "n",
    "decimal": "c",
    "boolean": "b",
    "date": "d",
    "timestamp": "t",
    "time": "h",
    "duration": "i",
    "binary": "x",
    "string": "s",
    "list": "l",
    "struct": "r",
}
PREFIX = "content:"
_VERSION = "mlgate content 1"


@dataclass(frozen=True)
class ContentSums:
    """What an engine adds up over a dataset: its rows, the sums of the two halves of the rows' hashes, and the non-null values of each column."""

    rows: int
    sums: tuple[int, int]
    values: Mapping[str, int]


def class_of(type_: TypeName) -> str:
    """The class a type counts in: integers and floats are one, because a missing value makes floats of integers in some formats."""
    return "number" if type_ in ("integer", "float") else type_


def unencodable(dataset: str, column: str, native: str) -> MeasurementError:
    """The error of a column whose values have no encoding."""
    what = f"{dataset}: a content digest cannot be made of column {column!r} of type {native}"
    return MeasurementError(what, cause="configuration", fix="leave the column out, write it as text, or lock the bytes of the files with `sha256:`")


def content_digest(schema: TableSchema, found: ContentSums) -> str:
    """`content:` and 64 hexadecimal digits. A column without any value has no class: formats disagree on its type."""
    columns = sorted((column.name, class_of(column.type) if found.values[column.name] else "null") for column in schema.columns)
    text = json.dumps([_VERSION, found.rows, *(part % 2**64 for part in found.sums), columns], separators=(",", ":"))
    return f"{PREFIX}{hashlib.sha256(text.encode()).hexdigest()}"
