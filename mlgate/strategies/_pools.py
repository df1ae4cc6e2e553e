"""The cells of a column: which values to try first, and a strategy for all others."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from mlgate.core.errors import MeasurementError
from mlgate.strategies._described import Described, Pool, Wanted, width_of
from mlgate.strategies._moments import TIMES_OF_DAY, days, moments
from mlgate.strategies._text import ALPHABET, long_texts, odd_texts, plain_texts, unseen_like

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Groups = tuple[tuple[Any, ...], ...]
_DAY = datetime.timedelta(days=1)
_FEW = 10
_TAME = 10**9
_LONG = 20  # characters of made-up text


def pool_of(column: Described, wanted: Wanted) -> Pool:
    """What cells of a column are drawn from. Raises `MeasurementError` where its description leaves no value."""
    closed = column.levels is not None and wanted.unseen is not True
    made = Pool((column.levels or (),)) if closed else _made(column, wanted)
    groups = [_kept(column, group, within=True) for group in made.groups]
    if made.free is not None and not (groups and groups[0]):
        groups.insert(0, _some(column, made.free))
    beyond = _kept(column, made.beyond, within=wanted.extreme is not True and wanted.unseen is not True)
    if (column.nulls and wanted.nulls is not False) or (wanted.nulls is True and not column.unique) or column.type == "null":
        groups.insert(1 if groups and groups[0] else 0, (None,))
    filled = tuple(group for group in groups if group)
    if not (filled or beyond):
        fix = "state its type, or loosen what is stated about it"
        raise MeasurementError(f"column {column.name!r} ({column.type}): no value is left by its description", cause="configuration", fix=fix)
    return Pool(filled, beyond, made.free)


def _made(column: Described, wanted: Wanted) -> Pool:
    if column.type == "boolean":
        return Pool(((False, True),))
    return _SORTS[column.type](column, wanted) if column.type in _SORTS else Pool((column.seen,))


def _some(column: Described, free: Any) -> tuple[Any, ...]:
    """A few values of a column that has no ready ones, the simplest first: rows are made of them."""
    from hypothesis import HealthCheck, Phase, given, seed, settings
    from hypothesis.errors import Unsatisfiable

    found: dict[Any, None] = {}

    @seed(0)
    @settings(max_examples=_FEW, phases=[Phase.generate], database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(free)
    def collect(value: Any) -> None:
        found.setdefault(value)

    try:
        collect()
    except Unsatisfiable:
        return ()
    return _kept(column, found, within=True)


def _kept(column: Described, cells: Iterable[Any], *, within: bool) -> tuple[Any, ...]:
    """The cells that the description allows, each once, in order."""
    found: list[Any] = []
    told: set[str] = set()  # by text: 1, 1.0 and True are equal, and -0.0 is 0.0
    for cell in cells:
        name = f"{type(cell).__name__}{cell!r}"
        if cell is not None and name not in told and (not within or column.allows(cell)):
            told.add(name)
            found.append(cell)
    for holds in column.holds if within else ():
        if found:
            found = [cell for cell, held in zip(found, holds(found), strict=True) if held]
    return tuple(found)


def _integers(column: Described, wanted: Wanted) -> Pool:
    from hypothesis import strategies as st

    least, most = width_of(column.dtype)
    low = least if column.low is None else max(least, math.ceil(column.low))
    high = most if column.high is None else min(most, math.floor(column.high))
    if low > high:
        return Pool(())
    near = _near(column, 1)
    ends = [end for end, stated in ((low, column.low), (high, column.high)) if stated is not None]
    first = (0, 1, *near, *ends, -1, *column.seen)
    extreme = (least, most, 2**53 + 1, -(2**53) - 1, 2**31, -(2**31) - 1) if _goes_far(column, wanted) else ()
    free = st.integers(*_reach(near, _tame((low, high), wanted)))
    return Pool((_fitting(first, (least, most)),), _fitting(extreme, (least, most)), _free(column, free))


def _floats(column: Described, wanted: Wanted) -> Pool:
    from hypothesis import strategies as st

    narrow = re.search(r"float(16|32)", str(column.dtype).lower())
    width = int(narrow[1]) if narrow else 64
    near = _near(column, 1.0)
    first = (0.0, 1.0, *near, *_as(float, (column.low, column.high)), -1.0, 0.5, *column.seen)
    big = {16: 65504.0, 32: 3.4028234663852886e38, 64: 1.7976931348623157e308}[width]
    far = _goes_far(column, wanted)
    extreme: tuple[float, ...] = (-0.0, big, -big, 1e-7, 9007199254740993.0) + ((5e-324,) if width == 64 else ()) if far else ()
    odd = (math.inf, -math.inf, *((math.nan,) if column.frame_library == "polars" else ())) if wanted.extreme is True else ()
    low, high = _reach(near, _tame((column.low, column.high), wanted))
    plain = st.floats(low, high, allow_nan=False, allow_infinity=False)
    free = plain if width == 64 else plain.map(lambda value: _narrowed(value, width)).filter(column.allows)
    return Pool((first,), (*extreme, *odd), _free(column, free))


def _narrowed(value: float, width: int) -> float:
    import numpy as np

    with np.errstate(over="ignore"):
        return float(np.float32(value) if width == 32 else np.float16(value))


def _decimals(column: Described, _: Wanted) -> Pool:
    from hypothesis import strategies as st

    step = Decimal(1).scaleb(-column.scale)
    near = _near(column, step)
    low, high = (None if one is None else Decimal(str(one)) for one in _reach(near, (column.low, column.high)))
    free = st.decimals(low if low is not None else Decimal(-(10**9)), high if high is not None else Decimal(10**9), places=column.scale)
    cells = (Decimal(0), Decimal(1), *near, *_as(Decimal, (column.low, column.high)), Decimal(-1), step, *column.seen)
    return Pool((tuple(Decimal(cell).quantize(step) for cell in cells),), free=_free(column, free))


def _dates(column: Described, wanted: Wanted) -> Pool:
    from hypothesis import strategies as st

    near = _near(column, _DAY)
    first = (*near[:2], *_as(_same, (column.low, column.high)), *near[2:], *column.seen, datetime.date(2024, 1, 1))
    far = (datetime.date(1970, 1, 1), datetime.date(1900, 1, 1), datetime.date(2262, 4, 11)) if _goes_far(column, wanted) else ()
    low, high = _reach(near, (column.low, column.high))
    free = st.dates(low or datetime.date(1970, 1, 1), high or datetime.date(2100, 1, 1))
    return Pool((first, days(_years(column))), far, _free(column, free))


def _timestamps(column: Described, wanted: Wanted) -> Pool:
    from hypothesis import strategies as st

    zone = datetime.UTC if column.zone else None
    near = _near(column, datetime.timedelta(seconds=1))
    first = (*near[:2], *_as(_same, (column.low, column.high)), *near[2:], *column.seen, datetime.datetime(2024, 1, 1, 12, tzinfo=zone))
    epoch = (
        datetime.datetime(1970, 1, 1),
        datetime.datetime(1969, 12, 31, 23, 59, 59),
        datetime.datetime(1900, 1, 1),
        datetime.datetime(2262, 4, 11),
    )
    far = tuple(one.replace(tzinfo=zone) for one in epoch) if _goes_far(column, wanted) else ()
    low, high = (None if one is None else _wall(one) for one in _reach(near, (column.low, column.high)))
    free = st.datetimes(low or datetime.datetime(1970, 1, 1), high or datetime.datetime(2100, 1, 1))
    aware = free.map(lambda value: value.replace(tzinfo=zone)) if zone else free
    return Pool((first, moments(_years(column), column.zone)), far, _free(column, aware))


def _times(column: Described, _: Wanted) -> Pool:
    from hypothesis import strategies as st

    ends = _as(_same, (column.low, column.high))
    return Pool(
        ((*TIMES_OF_DAY, *ends, *column.seen),), free=_free(column, st.times(column.low or datetime.time.min, column.high or datetime.time.max))
    )


def _durations(column: Described, _: Wanted) -> Pool:
    from hypothesis import strategies as st

    second = datetime.timedelta(seconds=1)
    near = _near(column, second)
    low, high = _reach(near, (column.low, column.high))
    free = st.timedeltas(low if low is not None else -1000 * _DAY, high if high is not None else 1000 * _DAY)
    return Pool(((datetime.timedelta(0), second, *near, -second, _DAY, *column.seen),), free=_free(column, free))


def _texts(column: Described, wanted: Wanted) -> Pool:
    from hypothesis import strategies as st

    known = tuple(column.levels or column.seen)
    shortest, longest = column.length
    unseen = wanted.unseen is not False
    free: SearchStrategy[str] | None = None
    if column.patterns:
        free = st.from_regex(column.patterns[0])
    elif unseen:
        most = shortest + _LONG if longest is None else min(longest, shortest + _LONG)
        free = st.lists(st.sampled_from(ALPHABET), min_size=shortest, max_size=most).map("".join)  # `text` would make the table of all of Unicode
    ends = [one for one in (column.low, column.high) if isinstance(one, str)]
    plain = (*known, *ends) if known or ends else (*plain_texts(), *(("a" * shortest,) if shortest else ()))
    odd = odd_texts() if unseen else ()
    if column.levels is not None:  # only asked for where unseen ones are wanted besides
        return Pool((plain,), (*unseen_like(known), *odd))
    groups: Groups = (plain, tuple(unseen_like(known)) if unseen and known else (), odd)
    return Pool(groups, long_texts() if wanted.extreme is True else (), None if free is None else _free(column, free))


def _free(column: Described, strategy: Any) -> Any:
    """The strategy, without values that the description does not allow; whatever the ends leave needs no asking."""
    if column.levels is not None:
        return None
    bounded = isinstance(column.low, str) or isinstance(column.high, str)
    if not (column.forbidden or column.patterns or column.not_patterns or column.holds or bounded or column.type == "integer"):
        return strategy
    return strategy.filter(lambda value: column.allows(value) and all(holds([value])[0] for holds in column.holds))


def _near(column: Described, step: Any) -> tuple[Any, ...]:
    """The smallest and the greatest value seen, and one step beyond each."""
    if column.around is None:
        return ()
    low, high = column.around
    try:
        return (low, high, low - step, high + step)
    except (OverflowError, ValueError):  # at the end of a calendar
        return (low, high)


def _reach(near: Sequence[Any], hard: tuple[Any, Any]) -> tuple[Any, Any]:
    """How far free values go: as the description allows, where values were seen not further than just beyond them."""
    if not near:
        return hard
    low, high = min(near), max(near)
    return (low if hard[0] is None else max(low, hard[0])), (high if hard[1] is None else min(high, hard[1]))


def _tame(hard: tuple[Any, Any], wanted: Wanted) -> tuple[Any, Any]:
    """The bounds, or where extremes are left out, some that no sum overflows."""
    if wanted.extreme is not False:
        return hard
    low, high = hard
    return (
        -_TAME if low is None or (low < -_TAME and (high is None or high > -_TAME)) else low,
        _TAME if high is None or (high > _TAME and (low is None or low < _TAME)) else high,
    )


def _goes_far(column: Described, wanted: Wanted) -> bool:
    """Whether extremes are tried: where nothing bounds the column, or where they are asked for."""
    bounded = column.low is not None or column.high is not None or column.around is not None
    return wanted.extreme is True or (wanted.extreme is None and not bounded)


def _years(column: Described) -> tuple[int, int] | None:
    ends = column.around if column.around is not None else (column.low, column.high)
    years = [one.year for one in ends if one is not None]
    return (min(years), max(years)) if years else None


def _as(make: Callable[[Any], Any], values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(make(value) for value in values if value is not None)


def _same(value: Any) -> Any:
    return value


def _wall(value: Any) -> datetime.datetime:
    """A plain datetime, in UTC where it has a zone."""
    plain: datetime.datetime = value.to_pydatetime(warn=False) if hasattr(value, "to_pydatetime") else value
    return plain.astimezone(datetime.UTC).replace(tzinfo=None) if plain.tzinfo else plain


def _fitting(cells: Iterable[int], width: tuple[int, int]) -> tuple[int, ...]:
    return tuple(cell for cell in cells if width[0] <= cell <= width[1])


_SORTS: dict[str, Callable[[Described, Wanted], Pool]] = {
    "integer": _integers,
    "float": _floats,
    "decimal": _decimals,
    "date": _dates,
    "timestamp": _timestamps,
    "time": _times,
    "duration": _durations,
    "string": _texts,
}
