"""What a check asks of the data. Closed: seven shapes, compared by value, so equality is identity."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

from mlgate.core.expression import Expression
from mlgate.core.view import NO_DATA, Comparison, View

ROW_NUMBER = "mlgate:row"  # the column that `Rows.numbered` adds
Scalar = bool | int | float | str | None


class Op(Enum):
    """The words an engine answers with one number (or, where said, one small tuple) per view.

    NaN counts as null everywhere, so that a pandas column and a Parquet column get one verdict; NAN counts it apart.
    Row-level words (OUTSIDE to LONGER) count non-null values that break the property. An empty view gives 0 for a count and None
    for a statistic. `alone` marks words that need a statement of their own instead of a place in the fused one.
    """

    ROWS = "rows"  # rows of the view
    NULLS = "nulls"  # null or NaN values of a column
    NAN = "nan"  # NaN values of a float column (0 for other types)
    INFINITE = "infinite"  # +inf and -inf values
    OUTSIDE = "outside"  # args (low, high), either may be None; bounds closed; strings and ISO times are cast to the column's type
    IN = "in"  # args: values; counts members, so `not_in: [..]` counts violations with it
    NOT_IN = "not_in"  # args: values
    MATCHING = "matching"  # args (pattern,), RE2, found anywhere
    NOT_MATCHING = "not_matching"  # args (pattern,)
    LENGTH_OUTSIDE = "length_outside"  # args (low, high) in characters
    VIOLATES = "violates"  # of: Expression; args ("violation"|"skip" for nulls, when: Expression|None) -> (matched, violations, errors)
    MIN = "min"  # of decimals a `Decimal`, to the last digit
    MAX = "max"
    SUM = "sum"  # of decimals of up to 18 digits a `Decimal`
    MEAN = "mean"
    STD = "std"  # sample standard deviation, n - 1
    QUANTILE = "quantile"  # args (share,), linear interpolation between order statistics (numpy's and pandas' default)
    SQL = "sql"  # of: Expression holding one aggregate in DuckDB's dialect
    DISTINCT = "distinct"  # number of distinct non-null values
    PRESENT = "present"  # args: values -> tuple of those that occur
    DUPLICATES = (
        "duplicates"  # args: columns -> (rows beyond the first of their group, groups with more than one, rows counted); all-null keys are left out
    )
    ORDER_BREAKS = "order_breaks"  # args ("increasing"|"decreasing", strict: bool) -> neighbours in file order that break it, nulls left out
    PAIRED = "paired"  # joined view: (rows on both sides, rows only in dataset, rows only in joined, double keys in dataset, double keys in joined);
    # as of a time: rows that find one, rows that do not, 0, 0, keys with one time twice in joined (their rows are in neither of the first two)
    MISMATCHES = "mismatches"  # joined view, of a column, args of a `Comparison` -> (compared, mismatched, worst difference or None)
    LAG = "lag"  # view as of a time, of its time column, args (low, high) in seconds, either may be None -> (rows, rows outside, least, median,
    # greatest), seconds too
    SHIFTED = "shifted"  # joined view of rows that differ, of a column, args: columns of an order -> mismatches that equal the joined value of the
    # row (before, after) in that order of the joined dataset's rows
    EXAMPLES = (
        "examples"  # args (n, keys, columns): about one of n rows, picked by the first `keys` of the columns -> tuple of tuples of all of them;
    )
    # times are microseconds since 1970 (UTC), decimals floats, nested values text

    @property
    def alone(self) -> bool:
        """Whether it takes a statement of its own."""
        return self in _ALONE


BESIDE = "joined."  # prefix of the second dataset's columns in rows of two
_ALONE = frozenset({Op.DUPLICATES, Op.ORDER_BREAKS, Op.DISTINCT, Op.SHIFTED})


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One number about a view. `of` is a column name or an expression; `args` are the operator's own, scalars and expressions.

    A `Start` stands for a time that is not known yet: the run puts it in before an engine sees the request.
    """

    op: Op
    of: str | Expression | None
    args: tuple[Scalar | Expression | Start, ...]
    view: View

    @property
    def alone(self) -> bool:
        return self.op.alone


@dataclass(frozen=True, slots=True)
class Start:
    """The moment `before_s` seconds before the first one of a view: ISO text in UTC, None where the view has no time."""

    first: Aggregate
    before_s: float = 0.0

    def __str__(self) -> str:
        return f"{self.before_s:g} s before the first {self.first.of} of {self.first.view}"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows per distinct combination of `by`: a mapping from value tuples to counts. Null and NaN are one value, None.

    With `most`, more distinct combinations than that are a `MeasurementError` instead of an answer that fills the memory.
    """

    by: tuple[str | Expression, ...]
    view: View
    most: int | None = None

    @property
    def alone(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Rows:
    """Raw columns of a view as a mapping from name to a numpy array (floats: NaN for null; else object with None where null).

    All `Rows` of one view without a limit come in one row order. `limit` asks for at most so many rows, in file order. `repeated` keeps
    only rows whose values in those columns together occur more than once in the view (null equals null, rows that are all null there are
    left out), each group standing together; `largest` asks for the rows where that expression or difference is greatest; `unordered` (column,
    then the args of ORDER_BREAKS) for the neighbours that break an order. All three go with a `limit`. `sample` asks for about so many rows
    (all, where there are fewer), spread evenly over the view and the same ones each time; `places` for the rows at these positions of the view, the
    first being 0. In a joined view `joined.<name>` is a column of the joined dataset. `numbered` asks, with a limit, for one more column under
    ROW_NUMBER: the position of each row in file order, from 1; an engine without file order leaves it out. `meets` keeps only rows that the
    overlap finds, which has the same view and goes with a `limit`; `joined.<name>` is then a column of the first row there that has the
    same values.
    """

    columns: tuple[str | Expression, ...]
    view: View
    limit: int | None = None
    repeated: tuple[str, ...] = ()
    largest: Expression | Comparison | None = None
    sample: int | None = None
    unordered: tuple[str, Literal["increasing", "decreasing"], bool] | None = None
    numbered: bool = False
    meets: Overlap | None = None
    places: tuple[int, ...] = ()

    @property
    def alone(self) -> bool:
        return True

    @property
    def beside(self) -> str | None:
        """The dataset whose columns are called `joined.<name>`."""
        return self.view.joined if self.meets is None else self.meets.other.dataset


@dataclass(frozen=True, slots=True)
class Overlap:
    """How many rows of a view have values that occur in another view too: a `Matched`.

    `columns` are looked up together in `others`, one for one. Numbers are compared as numbers, without rounding either side, dates and timestamps
    as points in time in UTC, all else as it is. A row with a null in one of the columns is left out; with `nulls` a null equals a null, and only
    rows that are null in all of them are left out. `shown` asks for so many of the values that do not occur there.
    """

    columns: tuple[str, ...]
    view: View
    others: tuple[str, ...]
    other: View
    nulls: bool = False
    shown: int = 0

    @property
    def alone(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Matched:
    """The answer to an `Overlap`.

    `rows` are the rows of the view that were looked up, `found` those of them whose values occur in the other view, of which `others` rows could
    be met. `lost` are the most frequent combinations that do not occur, with their rows, and `lost_values` is how many such combinations there are.
    """

    rows: int
    found: int
    others: int
    lost: tuple[tuple[tuple[Any, ...], int], ...] = ()
    lost_values: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """Edges that cut a numeric column into about `cells` cells of equal mass: an ascending tuple of floats.

    A value that makes up a whole cell gets one of its own, (v-, v]. The edges come from a sample of the rows, the same one each time; what is
    counted between them is exact. Times are seconds since 1970 (UTC). Empty where the column has no value.
    """

    of: str
    cells: int
    view: View

    @property
    def alone(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values of a numeric column lie between the edges: a `Binned`, or with `by` a mapping from each value of `by` to one.

    `edges` ascend; cells are (edges[i - 1], edges[i]], with one below the first and one above the last. A `Grid` stands for its answer: the run
    puts it in before an engine sees the request. Times are seconds since 1970 (UTC). Without `ends` the least and the greatest value stay unknown.
    """

    of: str
    edges: tuple[float, ...] | Grid
    view: View
    by: str | Expression | None = None
    ends: bool = True

    @property
    def alone(self) -> bool:
        return self.by is not None


@dataclass(frozen=True, slots=True)
class Probe:
    """Code that must run on rows: answered by the adapter registered under `mlgate.probes` as `name`.

    It gets a pandas frame for each of `inputs` and its own `args`, and may read nothing else. Without inputs it is about no dataset: code that runs
    on rows it makes up.
    """

    name: str
    inputs: tuple[Rows, ...]
    args: tuple[Scalar, ...] = ()

    @property
    def view(self) -> View:
        """The rows it is about first; `NO_DATA` where it reads none."""
        return self.inputs[0].view if self.inputs else NO_DATA

    @property
    def alone(self) -> bool:
        return True


Request = Aggregate | Counts | Rows | Overlap | Grid | Histogram | Probe


def needed_by(request: Request) -> Grid | Aggregate | None:
    """The request whose answer this one needs before it can be asked."""
    if isinstance(request, Histogram):
        return request.edges if isinstance(request.edges, Grid) else None
    starts = [part for part in request.args if isinstance(part, Start)] if isinstance(request, Aggregate) else []
    return starts[0].first if starts else None


def other_side(request: Request) -> Rows | None:
    """What a request about two views reads of the second one; its own `view` is the first."""
    match request:
        case Overlap(others=others, other=other):
            return Rows(others, other)
        case Rows(columns=columns, meets=Overlap(others=others, other=other)):
            return Rows(tuple(dict.fromkeys((*others, *_beside(columns)))), other)
    return None


def _beside(columns: tuple[str | Expression, ...]) -> tuple[str, ...]:
    return tuple(part.removeprefix(BESIDE) for part in columns if isinstance(part, str) and part.startswith(BESIDE))


def expressions_of(request: Request) -> tuple[Expression, ...]:
    """Every user expression inside a request, slice included, for typing before the scan."""
    match request:
        case Aggregate(of=of, args=args):
            parts: tuple[object, ...] = (of, *args)
        case Counts(by=by):
            parts = by
        case Rows(columns=columns, largest=largest):
            parts = (*columns, largest)
        case Histogram(by=one):
            parts = (one,)
        case Grid() | Overlap():
            parts = ()
        case Probe(inputs=inputs):
            return tuple(expression for rows in inputs for expression in expressions_of(rows))
    return tuple(part for part in (*parts, request.view.where) if isinstance(part, Expression))


def conditions_of(request: Request) -> tuple[Expression, ...]:
    """The expressions of a request that say yes or no of a row: `require`, `when` and the slice."""
    whole = isinstance(request, Aggregate) and request.op is Op.VIOLATES
    return expressions_of(request) if whole else tuple(part for part in (request.view.where,) if part is not None)


def columns_of(request: Request) -> tuple[str, ...]:
    """Every plain column name a request reads, expressions included."""
    match request:
        case Aggregate(op=Op.DUPLICATES | Op.EXAMPLES, args=args):
            plain = tuple(arg for arg in args if isinstance(arg, str))
        case Aggregate(of=of):
            plain = (of,) if isinstance(of, str) else ()
        case Counts(by=by):
            plain = tuple(part for part in by if isinstance(part, str))
        case Rows(columns=columns, repeated=repeated, unordered=unordered, meets=None):
            plain = tuple(part for part in (*columns, *repeated, *(unordered[:1] if unordered else ())) if isinstance(part, str))
        case Rows(columns=columns, meets=Overlap(columns=looked_up)):
            plain = tuple(part for part in (*columns, *looked_up) if isinstance(part, str) and not part.startswith(BESIDE))
        case Overlap(columns=looked_up):
            plain = looked_up
        case Grid(of=of):
            plain = (of,)
        case Histogram(of=of, by=one):
            plain = (of, one) if isinstance(one, str) else (of,)
        case Probe(inputs=inputs):
            return tuple(dict.fromkeys(name for rows in inputs for name in columns_of(rows)))
    return tuple(dict.fromkeys((*plain, *(name for part in expressions_of(request) for name in part.columns))))
