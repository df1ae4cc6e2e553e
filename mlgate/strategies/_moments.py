"""Points in time that break code: hours that a clock skips or shows twice, ends of years, leap days."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo

_ZONES = ("America/New_York", "Europe/Berlin")  # whose clocks naive times are tried against
_YEAR = 2024
_HOUR = datetime.timedelta(hours=1)
_HALF = datetime.timedelta(minutes=30)


def moments(years: tuple[int, int] | None, zone: str | None) -> tuple[datetime.datetime, ...]:
    """Times of some of the years (default 2024): in UTC for a zone, naive for None."""
    found: list[datetime.datetime] = []
    for year in _some(years or (_YEAR, _YEAR)):
        ends = _ends(year)
        found += [one.replace(tzinfo=datetime.UTC) for one in ends] if zone else ends
        for name in (zone,) if zone else _ZONES:
            found += _instants(name, year) if zone else _wall_times(name, year)
    return tuple(dict.fromkeys(found))


def days(years: tuple[int, int] | None) -> tuple[datetime.date, ...]:
    """The days of `moments`."""
    return tuple(dict.fromkeys(one.date() for one in moments(years, None)))


TIMES_OF_DAY = (
    datetime.time(0),
    datetime.time(12),
    datetime.time(2, 30),
    datetime.time(23, 59, 59),
    datetime.time(23, 59, 59, 999_999),
)


def _some(years: tuple[int, int]) -> tuple[int, ...]:
    """The first and the last year, and a leap year between or next to them."""
    first, last = (min(max(year, 1), 9998) for year in years)
    leap = next(
        (year for year in range(last, first - 1, -1) if _is_leap(year)), next(year for year in range(max(last - 8, 1), 9998) if _is_leap(year))
    )
    return tuple(dict.fromkeys((last, first, leap)))


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _ends(year: int) -> list[datetime.datetime]:
    ends = [
        datetime.datetime(year, 1, 1),
        datetime.datetime(year, 12, 31, 23, 59, 59),
        datetime.datetime(year, 12, 31),
        datetime.datetime(year, 2, 28),
    ]
    return [*ends, datetime.datetime(year, 2, 29, 12)] if _is_leap(year) else ends


def _instants(zone: str, year: int) -> Iterator[datetime.datetime]:
    """Around each change of the clock, in UTC: the last second before it, the change, and both sides of the hour that is shown twice."""
    for instant, _, _ in _changes(zone, year):
        yield from (instant - datetime.timedelta(seconds=1), instant, instant - _HALF, instant + _HALF)


def _wall_times(zone: str, year: int) -> Iterator[datetime.datetime]:
    """What a clock on the wall never shows, or shows twice."""
    for instant, before, after in _changes(zone, year):
        start = (instant + min(before, after)).replace(tzinfo=None)
        yield from (start, start + _HALF)


@cache
def _changes(zone: str, year: int) -> tuple[tuple[datetime.datetime, datetime.timedelta, datetime.timedelta], ...]:
    """The changes of a year: when, and the offsets before and after."""
    try:
        clock = ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # an offset such as +02:00, or a zone that this machine does not know
        return ()

    def offset(instant: datetime.datetime) -> datetime.timedelta:
        return instant.astimezone(clock).utcoffset() or datetime.timedelta()

    found, day = [], datetime.datetime(year, 1, 1, tzinfo=datetime.UTC)
    while day.year == year:
        following = day + datetime.timedelta(days=1)
        if (before := offset(day)) != (after := offset(following)):
            change = next(day + hours * _HOUR for hours in range(1, 25) if offset(day + hours * _HOUR) != before)
            found.append((change, before, after))
        day = following
    return tuple(found)
