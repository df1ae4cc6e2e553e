"""Finds values that pydantic bent into shape: `primary: no` is a text in YAML 1.2 and must not become false."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from mlgate.core.expression import Expression
from mlgate.gatefile.annotations import fields_of, written
from mlgate.gatefile.trail import Trail

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*")  # what Python's int() and float() take, durations apart


def bent(result: Any, data: Any, at: Trail = ()) -> Iterator[tuple[Trail, Any, str]]:
    """(where, what was written, what is expected) for each value of `data` whose type was changed on the way into `result`."""
    if result is data:
        return
    if isinstance(result, BaseModel) and isinstance(data, Mapping):
        fields = written(result)
        for key in data:
            if key in fields:
                yield from bent(fields[key], data[key], (*at, key))
    elif isinstance(result, Mapping) and isinstance(data, Mapping):
        for key in data:
            if key in result:
                yield from bent(result[key], data[key], (*at, key))
    elif _is_list(result) and _is_list(data) and len(result) == len(data):
        for index, (part, source) in enumerate(zip(result, data, strict=True)):
            yield from bent(part, source, (*at, index))
    elif expected := _bent_scalar(result, data):
        yield at, data, expected


def bent_fields(cls: type[BaseModel], data: Mapping[Any, Any], faulty: Set[str]) -> Iterator[tuple[Trail, Any, str]]:
    """The same where the whole is not valid: looks at each top-level field by itself, those with faults left out."""
    for key, info in fields_of(cls).items():
        if key in data and key not in faulty:
            annotation: Any = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
            try:
                result = TypeAdapter(annotation).validate_python(data[key])
            except (ValueError, TypeError, RuntimeError):  # reported with the whole, or of a type that cannot stand alone
                continue
            yield from bent(result, data[key], (key,))


def unbent(got: Any, expected: str) -> str:
    """How to write what was probably meant, "" where that is not known."""
    if expected == "true or false" and isinstance(got, str):
        word = got.lower()
        return (
            "write true" if word in {"yes", "y", "on", "t", "true", "1"} else "write false" if word in {"no", "n", "off", "f", "false", "0"} else ""
        )
    return "write it without quotes" if expected == "a number" and isinstance(got, str) else ""


def _bent_scalar(result: Any, data: Any) -> str:
    if isinstance(result, Expression) and isinstance(data, Mapping):
        return "one SQL condition in text"
    if isinstance(result, bool):
        return "" if isinstance(data, bool) else "true or false"
    if isinstance(result, (int, float)):
        return "a number" if isinstance(data, bool) or (isinstance(data, str) and _NUMBER.fullmatch(data)) else ""
    if isinstance(result, (datetime.date, datetime.datetime)):
        is_date = isinstance(data, (datetime.date, datetime.datetime)) or (isinstance(data, str) and bool(_DATE.match(data)))
        return "" if is_date else "a date such as 2026-12-31"
    return ""


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))
