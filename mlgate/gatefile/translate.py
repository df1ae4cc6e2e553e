"""Puts pydantic's validation errors into the words of the gate file: one fault for each thing that is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from mlgate.gatefile.annotations import allowed_keys
from mlgate.gatefile.faults import Faults, nearest, one_of, shown
from mlgate.gatefile.trail import Trail, spell

_EXPECTED = {
    "string_type": "text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "dataclass_type": "a mapping",
    "callable_type": "package.module:function",
    "date_type": "a date such as 2026-12-31",
    "date_parsing": "a date such as 2026-12-31",
    "date_from_datetime_parsing": "a date such as 2026-12-31",
    "date_from_datetime_inexact": "a date such as 2026-12-31",
    "greater_than": "a number above {gt}",
    "greater_than_equal": "a number of at least {ge}",
    "less_than": "a number below {lt}",
    "less_than_equal": "a number of at most {le}",
    "too_short": "{min_length} or more entries",
    "too_long": "{max_length} entries or fewer",
    "string_too_short": "a text that is not empty",
    "string_too_long": "a text of at most {max_length} characters",
}
_PATTERNS = {
    r"^[A-Za-z0-9_.\-]+$": "letters, digits, `_`, `.` and `-`",
    r"^[A-Za-z_]\w*$": "a word that begins with a letter: tags become pytest markers",
    "^sha256:[0-9a-f]{64}$": "sha256: and 64 hexadecimal digits",
    "^(sha256|content):[0-9a-f]{64}$": "sha256: or content: and 64 hexadecimal digits (`mlgate digest` prints them)",
}
_POLICY_ONLY = frozenset({"alpha", "confidence", "power", "seed", "mode", "uses", "timeout", "ledger"})
_SYNONYMS = {
    **dict.fromkeys(("max", "maximum", "le", "lte", "<=", "<"), "at_most"),
    **dict.fromkeys(("min", "minimum", "ge", "gte", ">=", ">"), "at_least"),
}
_PERCENT = re.compile(r"\s*([-+]?\d+(?:\.\d+)?)\s*%\s*")
_WORD = re.compile(r"'((?:[^'\\]|\\.)*)'|(True|False|-?\d[\d.]*)")  # in pydantic's list of what a literal may be


@dataclass(frozen=True)
class _Error:
    """A pydantic error with the trail of the data it is about; `branches` are the union members pydantic tried, with the trail of each."""

    trail: Trail
    branches: tuple[tuple[Trail, str], ...]
    type: str
    message: str
    context: Mapping[str, Any]
    name: str = ""  # of a missing key
    on_key: bool = False  # the key is wrong, not its value

    @property
    def expected(self) -> str:
        """What would have been right, "" where only the message says it."""
        template = _EXPECTED.get(self.type)
        if template:
            return template.format(**self.context)
        if self.type in {"literal_error", "enum"}:
            return one_of(_words(self.context["expected"]))
        if self.type == "string_pattern_mismatch":
            pattern = str(self.context["pattern"])
            return _PATTERNS.get(pattern, f"text that matches {pattern}")
        return (
            re.sub(r"^(Input|Value|String|List|Tuple|Dictionary) should (be |have |match )?", "", self.message) if self.type != "value_error" else ""
        )

    @property
    def about_shape(self) -> bool:
        """The data is of another type than this union member: says nothing about what is wrong with it."""
        return self.type.endswith(("_type", "_parsing", "_from_float")) or self.type in {"literal_error", "is_instance_of"}


def report(error: ValidationError, cls: type[BaseModel], data: Any, at: Trail, faults: Faults) -> None:
    """Adds the faults behind `error`, met on validating `data`, which stands at the trail `at`, as `cls`."""
    located = [_locate(found, data) for found in error.errors(include_url=False)]
    distinct = {(one.trail, one.type, one.name): one for one in _without_union_noise(located)}
    for one in distinct.values():
        _add(one, cls, data, at, faults)


def _locate(found: Any, data: Any) -> _Error:
    trail: Trail = ()
    branches: list[tuple[Trail, str]] = []
    name = ""
    steps = list(found["loc"])
    kind, context = found["type"], found.get("ctx", {})
    if kind == "missing":
        last = steps.pop()
        name = last if isinstance(last, str) else ""
        if isinstance(last, int):  # a pair with one entry
            kind, context = "too_short", {"min_length": last + 1}
    for step in steps:
        if isinstance(data, Mapping) and (keys := [key for key in data if key == step or str(key) == str(step)]):
            trail, data = (*trail, keys[0]), data[keys[0]]
        elif isinstance(data, Sequence) and not isinstance(data, str) and isinstance(step, int) and step < len(data):
            trail, data = (*trail, step), data[step]
        elif isinstance(step, str) and step != "[key]":
            branches.append((trail, step))
    return _Error(trail, tuple(branches), kind, found["msg"], context, name, on_key="[key]" in steps)


def _without_union_noise(errors: Iterable[_Error]) -> list[_Error]:
    """Keeps, of the members of a union that all failed, the one that the data was probably meant to be."""
    kept: list[_Error] = []
    unions: dict[Trail, dict[str, list[_Error]]] = {}
    for error in errors:
        if error.branches:
            root, branch = error.branches[0]
            unions.setdefault(root, {}).setdefault(branch, []).append(error)
        else:
            kept.append(error)
    for root, members in unions.items():
        kept += _meant(root, list(members.values()))
    return kept


def _meant(root: Trail, members: list[list[_Error]]) -> list[_Error]:
    telling = [member for member in members if not all(error.about_shape and error.trail == root for error in member)]
    if telling:
        best = min(telling, key=len)
        return _without_union_noise(replace(error, branches=error.branches[1:]) if len(error.branches) > 1 else _last(error) for error in best)
    wanted = dict.fromkeys(error.expected.removeprefix("one of ") for member in members for error in member)
    if "a number" in wanted:
        wanted.pop("a whole number", None)
    return [_Error(root, (), "union", f"Input should be {' or '.join(wanted)}", {})]


def _last(error: _Error) -> _Error:
    """Outside any union, but still knowing the member it came from: its keys are the allowed ones."""
    return replace(error, branches=(), context={**error.context, "branch": error.branches[0][1]})


def _add(error: _Error, cls: type[BaseModel], data: Any, at: Trail, faults: Faults) -> None:
    trail = (*at, *error.trail)
    value = error.trail[-1] if error.on_key else _value(data, error.trail)
    branch = str(error.context.get("branch", ""))
    if error.type == "missing":
        faults.add(trail, f"{error.name!r} is missing", fix=f"add `{error.name}: ...`")
    elif error.type in {"extra_forbidden", "invalid_key"}:
        _add_unknown_key(trail, allowed_keys(cls, error.trail[:-1], branch), faults)
    elif error.type in {"value_error", "assertion_error"}:
        _add_message(error, trail, value, faults)
    elif error.type in {"literal_error", "enum"} and isinstance(value, str):
        faults.unknown(trail, "word", value, _words(error.context["expected"]))
    else:
        what = "wrong value" if error.type in {"string_pattern_mismatch", "literal_error"} or not error.about_shape else "wrong type"
        faults.add(trail, what, got=shown(value), expected=error.expected, fix=_fix_of_type(error.expected, value), on_key=error.on_key)


def _add_unknown_key(trail: Trail, allowed: list[str], faults: Faults) -> None:
    key = trail[-1]
    more = ""
    if key in _POLICY_ONLY and spell(trail).startswith("checks["):
        more = f"{key} is set once for all checks, in `policy`"
    elif _SYNONYMS.get(str(key)) in allowed and not nearest(key, allowed):
        more = f"write {_SYNONYMS[str(key)]}"
    faults.unknown(trail, "key", key, allowed, more=more, on_key=True)


def _add_message(error: _Error, trail: Trail, value: Any, faults: Faults) -> None:
    """A fault in a kind's own words. The error it raised may carry `what`, `got`, `expected` and `fix`, as the guard's errors do."""
    raised = error.context.get("error")
    said = {word: str(getattr(raised, word, "")) for word in ("what", "got", "expected", "fix")}
    text = " ".join((said["what"] or str(error.message if raised is None else raised)).split()) or "wrong value"
    got = said["got"] or shown(value)
    got = "" if got in text or isinstance(value, (Mapping, list)) else got
    faults.add(trail, text, got=got, expected=said["expected"], fix=said["fix"], on_key=error.on_key)


def _fix_of_type(expected: str, value: Any) -> str:
    if expected == "text" and isinstance(value, (int, float)):
        return "put it in quotes"
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value)):
        return f"shares are numbers in [0, 1]: write {float(match[1]) / 100:g}"
    if expected == "a list" and isinstance(value, (str, int, float)):
        return f"write [{value}]"
    return ""


def _value(data: Any, trail: Trail) -> Any:
    for key in trail:
        data = data[key]
    return data


def _words(expected: object) -> list[str]:
    """The words of a literal, spelled as YAML spells them."""
    found = [text or bare.lower() for text, bare in _WORD.findall(str(expected))]
    return found or [str(expected)]
