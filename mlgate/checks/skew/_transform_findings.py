"""What code that ran two transformations on rows says about them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RowsFinding:
    """What was found on a dataset's rows.

    `n_obs` rows were compared, `mismatched` of them differ; `columns` are the outputs that do, with how many rows. `places` are the positions of the
    first such rows, `examples` says for some of them what differs. `whole` says in words where no single row is to blame: another
    number of rows or columns, a side that raised or changed its input.
    """

    n_obs: int
    mismatched: int = 0
    columns: tuple[tuple[str, int], ...] = ()
    places: tuple[int, ...] = ()
    examples: tuple[str, ...] = ()
    whole: str = ""


@dataclass(frozen=True)
class SearchFinding:
    """What a search found.

    `compared` frames were compared, on `raised` more both sides raised. `why` says how the two differ on the smallest frame found, empty where none
    was; `details` are the lines that show it. `ended` says in words why the search ended before all examples were tried.
    """

    compared: int
    raised: int = 0
    why: str = ""
    details: tuple[str, ...] = ()
    ended: str = ""


Finding = RowsFinding | SearchFinding


def is_url(target: str) -> bool:
    """Whether a side is a service instead of a function."""
    return target.startswith(("http://", "https://"))


def told(target: str) -> str:
    """How messages call a side: a URL without its query, which may hold a secret."""
    return target.partition("#")[0].partition("?")[0] if is_url(target) else target
