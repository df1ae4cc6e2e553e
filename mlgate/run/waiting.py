"""Requests that wait for another's answer: edges of a histogram, the first moment of a period."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Aggregate, Histogram, Request, Start, needed_by


def resolved(request: Request, answers: Mapping[Request, Any]) -> Request | MeasurementError:
    """The request with the answer it waited for in its place, or the error that stopped this."""
    needed = needed_by(request)
    if needed is None:
        return request
    answer = answers[needed]
    if isinstance(answer, MeasurementError):
        return answer
    if isinstance(request, Histogram):
        return replace(request, edges=answer)
    assert isinstance(request, Aggregate)
    return replace(request, args=tuple(_moment_of(part, answer) if isinstance(part, Start) else part for part in request.args))


def _moment_of(start: Start, first: datetime.date | None) -> str | None:
    """ISO text of the moment before the first one, in UTC."""
    if first is None:
        return None
    moment = first if isinstance(first, datetime.datetime) else datetime.datetime(first.year, first.month, first.day)
    naive = moment if moment.tzinfo is None else moment.astimezone(datetime.UTC).replace(tzinfo=None)
    return (naive - datetime.timedelta(seconds=start.before_s)).isoformat()
