"""Reads the annotations of checks: which keys are allowed where, and which values name something declared elsewhere."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mlgate.core.check import Check, Refers
from mlgate.gatefile.trail import Trail

Reference = tuple[Trail, str, tuple[str, ...]]  # where, the name, what it may refer to


def written(model: BaseModel) -> dict[str, Any]:
    """A model's given fields under the names a gate file uses for them."""
    fields = type(model).model_fields
    return {fields[name].alias or name: getattr(model, name) for name in fields if name in model.model_fields_set}


def fields_of(cls: type[BaseModel]) -> dict[str, FieldInfo]:
    """The keys a mapping of this type may have; of a check, the policy keys come last."""
    fields = {info.alias or name: info for name, info in cls.model_fields.items()}
    if not issubclass(cls, Check):
        return fields
    policy = [name for name in Check.model_fields if name != "id" and name in fields]
    return {key: info for key, info in fields.items() if key not in policy} | {key: fields[key] for key in policy}


def references(cls: type[BaseModel], data: Mapping[Any, Any], at: Trail = ()) -> Iterator[Reference]:
    """Every name in `data` whose field is marked by `Refers`, also in data that `cls` would refuse."""
    for key, info in fields_of(cls).items():
        if key in data:
            yield from _named(info.annotation, info.metadata, data[key], (*at, key))


def _named(annotation: Any, metadata: Sequence[Any], value: Any, at: Trail) -> Iterator[Reference]:
    targets = tuple(target for mark in metadata if isinstance(mark, Refers) for target in mark.to)
    if targets and isinstance(value, str):
        yield at, value, targets
        return
    options = list(_options(annotation))
    if any(get_origin(option) is Literal and value in get_args(option) for option, _ in options if isinstance(value, str)):
        return
    for option, marks in options:
        if marks and isinstance(value, str):
            yield from _named(option, marks, value, at)
        else:
            yield from _inside(option, value, at)


def _inside(option: Any, value: Any, at: Trail) -> Iterator[Reference]:
    if isinstance(option, type) and issubclass(option, BaseModel):
        if isinstance(value, (Mapping, BaseModel)):
            yield from references(option, written(value) if isinstance(value, BaseModel) else value, at)
        return
    inner = get_args(option)
    if _is(option, Mapping) and len(inner) == 2 and isinstance(value, Mapping):
        for key, part in value.items():
            yield from _named(inner[0], (), key, (*at, key))
            yield from _named(inner[1], (), part, (*at, key))
    elif _is(option, Sequence, Set) and inner:
        if isinstance(value, str):  # one name where a list may stand
            yield from _named(inner[0], (), value, at)
        elif isinstance(value, Sequence):
            for index, part in enumerate(value):
                kind = inner[index] if _fixed(option) and index < len(inner) else inner[0]
                yield from _named(kind, (), part, (*at, index))


def allowed_keys(cls: type[BaseModel], trail: Trail, branch: str = "") -> list[str]:
    """The keys of the mapping that stands at `trail` inside data of type `cls`; of all that could stand there, unless `branch` names one."""
    found: list[Any] = [cls]
    for key in trail:
        found = [option for outer in found for option in _step(outer, key)]
    models = [option for option in found if isinstance(option, type) and issubclass(option, BaseModel)]
    named = [model for model in models if branch and model.__name__ in branch]
    keys = [key for model in named or models for key in (["kind", *fields_of(model)] if issubclass(model, Check) else fields_of(model))]
    return list(dict.fromkeys(keys))


def _step(outer: Any, key: object) -> list[Any]:
    if isinstance(outer, type) and issubclass(outer, BaseModel):
        info = fields_of(outer).get(str(key))
        return [option for option, _ in _options(info.annotation)] if info else []
    inner = get_args(outer)
    if _is(outer, Mapping) and len(inner) == 2:
        return [option for option, _ in _options(inner[1])]
    if _is(outer, Sequence, Set) and inner:
        kind = inner[key] if _fixed(outer) and isinstance(key, int) and key < len(inner) else inner[0]
        return [option for option, _ in _options(kind)]
    return []


def _options(annotation: Any, marks: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The members of a union (or the one type) with the metadata of each."""
    annotation = getattr(annotation, "__value__", annotation)  # `type X = ...` of Python 3.12
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _options(annotation.__origin__, (*marks, *annotation.__metadata__))
    elif origin in {Union, types.UnionType}:
        for option in get_args(annotation):
            yield from _options(option, marks)
    else:
        yield annotation, marks


def _is(option: Any, *kinds: type) -> bool:
    origin = get_origin(option)
    return isinstance(origin, type) and issubclass(origin, kinds)


def _fixed(option: Any) -> bool:
    inner = get_args(option)
    return get_origin(option) is tuple and not (len(inner) == 2 and inner[1] is Ellipsis)
