"""Results as JSON and back: frozen dataclasses, enums, tuples, None and plain numbers, driven by their annotations."""

from __future__ import annotations

import dataclasses
import types
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def to_plain(value: Any) -> Any:
    """A JSON-ready copy: dataclasses become objects, tuples lists, enums their values, numpy scalars plain numbers."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [to_plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): to_plain(part) for key, part in value.items()}
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        return value.item()
    return value


def from_plain(kind: type[T], plain: Any) -> T:
    """The value of annotated type `kind` that `to_plain` made `plain` of. Raises `TypeError`, `KeyError` or `ValueError` for anything else."""
    value: T = _read(kind, plain)
    return value


def _read(kind: Any, plain: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _read_union(get_args(kind), plain)
    if origin is tuple:
        inner = get_args(kind)
        if not isinstance(plain, list):
            raise TypeError(f"expected a list, got {type(plain).__name__}")
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_read(inner[0], part) for part in plain)
        return tuple(_read(one, part) for one, part in zip(inner, plain, strict=True))
    if origin is not None:  # Literal
        if plain not in get_args(kind):
            raise ValueError(f"expected one of {get_args(kind)}, got {plain!r}")
        return plain
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        unknown = set(plain) - set(hints)
        if unknown:
            raise KeyError(f"unknown fields {sorted(unknown)}")
        build: Any = kind
        return build(**{name: _read(hints[name], plain[name]) for name in plain})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(plain)
    if kind is float and isinstance(plain, int) and not isinstance(plain, bool):
        return float(plain)
    if kind is not Any and not (isinstance(plain, kind) and not (kind is int and isinstance(plain, bool))):
        raise TypeError(f"expected {kind.__name__}, got {plain!r}")
    return plain


def _read_union(kinds: tuple[Any, ...], plain: Any) -> Any:
    if plain is None and type(None) in kinds:
        return None
    for kind in kinds:
        if kind is type(None):
            continue
        try:
            return _read(kind, plain)
        except (TypeError, ValueError, KeyError):
            continue
    raise TypeError(f"expected one of {kinds}, got {plain!r}")
