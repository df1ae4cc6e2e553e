"""What code that knows a foreign schema says about it: which checks it consists of, and what each found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SchemaPart:
    """One check of a schema, known without any data.

    `name` is unique in its schema and carries no bound; `says` is the claim in words. `column` is the column (or pattern) it is about, "" for one
    about the table. `message` is what its author says where it is broken. `of_values` is False where it speaks of names, types or order, which a
    table without rows has too. `warns` marks a check whose author wants a warning and no failure; `optional` one of a column that need not be there.
    """

    name: str
    says: str
    column: str = ""
    message: str = ""
    of_values: bool = True
    warns: bool = False
    optional: bool = False


@dataclass(frozen=True)
class SchemaFinding:
    """What one check of a schema found in the rows.

    `count` values (or names) of `n_obs` break it, none where it holds. `places` are the positions of the first rows that do, `columns` the columns to
    show of them. `whole` says in words what is wrong where no single row is to blame. `error` is what the check raised. `absent`: there is
    no such column.
    """

    n_obs: int
    count: int = 0
    places: tuple[int, ...] = ()
    columns: tuple[str, ...] = ()
    whole: str = ""
    error: str = ""
    absent: bool = False
