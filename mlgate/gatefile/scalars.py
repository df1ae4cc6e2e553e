"""Plain YAML scalars as the YAML 1.2 core schema reads them: no `yes`, no dates, no base 60."""

from __future__ import annotations

import math
import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NAN = frozenset({".nan", ".NaN", ".NAN"})
_DIGITS = 300  # more digits than any measure needs, fewer than Python's own limit on parsing

Scalar = str | int | float | bool | None


def plain(text: str) -> Scalar:
    """The value of an unquoted scalar. Raises `ValueError` for a number that no float can hold."""
    if text in _NULL:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if match := _INFINITE.fullmatch(text):
        return -math.inf if match[1] == "-" else math.inf
    if text in _NAN:
        return math.nan
    return _number(text)


def _number(text: str) -> str | int | float:
    for pattern, radix in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            if len(text) > _DIGITS:
                raise ValueError("the number has too many digits")
            return int(text, radix)
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise ValueError("the number is too large")
        return number
    return text


def tagged(tag: str, text: str) -> Scalar:
    """The value of a scalar with an explicit tag (`!!str 5`). Raises `ValueError` for any tag outside the core schema."""
    if tag in {"!", "tag:yaml.org,2002:str"}:
        return text
    value = plain(text)
    kinds: dict[str, type | tuple[type, ...]] = {"int": int, "float": (int, float), "bool": bool, "null": type(None)}
    word = tag.removeprefix("tag:yaml.org,2002:")
    if word not in kinds:
        raise ValueError(f"unknown tag {_spelled(tag)}")
    if not isinstance(value, kinds[word]) or (word in {"int", "float"} and isinstance(value, bool)):
        raise ValueError(f"{text!r} is not what its tag {_spelled(tag)} says")
    return float(value) if word == "float" and isinstance(value, int) else value


def _spelled(tag: str) -> str:
    return tag.replace("tag:yaml.org,2002:", "!!")
