"""The suite that every kind passes."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, get_args

from pydantic import ValidationError

from mlgate.core.check import Check, Item, item_ids
from mlgate.core.claim import Claim
from mlgate.core.errors import GateFileError, MeasurementError
from mlgate.core.request import Request, Rows
from mlgate.core.statistic import Statistic
from mlgate.core.verdict import Family
from mlgate.run.shares import Declared
from mlgate.testing._expect import attempt, expect
from mlgate.testing._trial import NO_ROW, TYPES, ColumnType, Trial, column_names, try_out


def check_kind(kind: type[Check], *, columns: Mapping[str, ColumnType] | None = None) -> None:
    """Expects of a kind what the loader, the planner and the run rely on, on the example of its own docstring.

    The docstring has Units, Example and Not for; every key of its own is described; the example is valid and its items have safe ids of their own.
    On 200 made-up rows `requests` and `claims` are then called: `requests` is pure, asks the same each time and honours `where`,
    `claims` reads nothing that was not asked, bears a slice without rows, and is sampled only where the kind says so.

    The columns of the example get each type in turn (float, integer, string, timestamp, date, boolean) until its items can be measured;
    `columns` sets the types of some of them, for a kind that needs several at once. Raises `AssertionError` with a sentence.
    """
    __tracebackhide__ = True
    _knows_itself(kind)
    _says_what_it_is(kind)
    _describes_its_keys(kind)
    for example in _examples(kind):
        check = _validated(kind, example)
        _names_its_items(check)
        _asks_and_claims(check, example, columns or {})
        _honours_where(check, example, columns or {})


def _knows_itself(kind: type[Check]) -> None:
    __tracebackhide__ = True
    expect(isinstance(kind, type) and issubclass(kind, Check), f"{kind!r} is no subclass of mlgate.core.check.Check")
    family = getattr(kind, "family", None)
    expect(family in get_args(Family), f"{kind.kind}: family is {family!r}, expected one of {', '.join(get_args(Family))}")
    config = kind.model_config
    expect(config.get("extra") == "forbid", f"{kind.kind}: a misspelled key would go unseen: keep extra='forbid' in its model_config")
    expect(config.get("frozen"), f"{kind.kind}: a check is a value: keep frozen=True in its model_config")
    attempt(kind.model_json_schema, f"{kind.kind}: `mlgate schema` cannot describe a key: annotate it with pydantic.WithJsonSchema")


def _says_what_it_is(kind: type[Check]) -> None:
    __tracebackhide__ = True
    doc = inspect.cleandoc(kind.__doc__ or "")
    expect(doc, f"{kind.kind}: no docstring; the reference is made of it")
    claim = doc.split("\n\n", 1)[0]
    expect(claim.endswith("."), f"{kind.kind}: the docstring begins with the claim, one sentence that ends with a full stop; got {claim!r}")
    for heading in ("Units", "Example", "Not for"):
        expect(re.search(rf"^{heading}:", doc, re.MULTILINE), f"{kind.kind}: the docstring has no paragraph {heading!r}")


def _describes_its_keys(kind: type[Check]) -> None:
    __tracebackhide__ = True
    own = {name: field for name, field in kind.model_fields.items() if name not in Check.model_fields}
    mute = [field.alias or name for name, field in own.items() if not field.description]
    expect(not mute, f"{kind.kind}: {', '.join(mute)} not described: Annotated[..., Field(description=...)]; the reference and the schema show it")


def _examples(kind: type[Check]) -> Iterator[Mapping[str, Any]]:
    __tracebackhide__ = True
    from mlgate.gatefile.yaml_tree import read

    found = re.search(r"^Example:\n(.*?)(?:\n\n\S|\Z)", inspect.cleandoc(kind.__doc__ or ""), re.DOTALL | re.MULTILINE)
    expect(found is not None, f"{kind.kind}: no YAML follows `Example:` in the docstring")
    text = textwrap.dedent(found[1]) if found else ""
    try:
        tree = read(text.encode(), f"{kind.kind}: example")
    except GateFileError as error:
        raise AssertionError(f"{kind.kind}: the example is no YAML: {error}") from error
    expect(not tree.faults, f"{kind.kind}: the example has faults: {' '.join(map(str, tree.faults))}")
    for example in tree.value if isinstance(tree.value, list) else [tree.value]:
        expect(isinstance(example, dict), f"{kind.kind}: an example is a check as in a gate file, got {example!r}")
        yield example


def _validated(kind: type[Check], example: Mapping[str, Any]) -> Check:
    __tracebackhide__ = True
    expect(example.get("kind") == kind.kind, f"{kind.kind}: the example says kind: {example.get('kind')}; a kind's name is that of its file")
    try:
        return kind.model_validate({key: value for key, value in example.items() if key != "kind"})
    except ValidationError as error:
        raise AssertionError(f"{kind.kind}: its own example is refused: {error}") from error


def _names_its_items(check: Check) -> None:
    __tracebackhide__ = True
    parts = [part for part, _ in attempt(check.parts, f"{check.kind}: parts() breaks")]
    ids = item_ids(check)
    expect(ids, f"{check.kind}: the example {check.id!r} has no items")
    expect(all(isinstance(part, str) for part in parts), f"{check.kind}: parts() names items by text, got {parts!r}")
    twice = sorted({name for name in ids if ids.count(name) > 1})
    expect(not twice, f"{check.kind}: several items are called {', '.join(twice)}")
    unsafe = [part for part in parts if part and not any(char.isalnum() for char in part)]
    expect(not unsafe, f"{check.kind}: nothing of the part names {unsafe!r} is left in a pytest node id")
    expect([part for part, _ in check.parts()] == parts, f"{check.kind}: parts() answers differently when asked twice")


def _asks_and_claims(check: Check, example: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> None:
    __tracebackhide__ = True
    again = _validated(type(check), example)
    claimed: dict[str, tuple[Claim, ...]] = {}
    trouble: dict[str, str] = {}
    for trial in _trials(check, example, columns):
        for declared in trial.items:
            if declared.id not in claimed:
                try:
                    claimed[declared.id] = _claims_of(trial, declared, dict(again.parts())[declared.part])
                except MeasurementError as error:
                    trouble[declared.id] = str(error)
        if len(claimed) == len(trial.items):
            break
    for name in trouble.keys() - claimed.keys():
        how = "give the types of its columns: check_kind(..., columns={'day': 'date', 'minutes': 'float'})"
        raise AssertionError(f"{check.kind}: no made-up rows fit the item {name!r} of its example ({trouble[name]}); {how}")
    _samples_as_it_says(check, [claim for claims in claimed.values() for claim in claims])


def _trials(check: Check, example: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> Iterator[Trial]:
    __tracebackhide__ = True
    for one in TYPES:
        types = {**dict.fromkeys(column_names(check, example), one), **columns}
        sentence = (
            f"{check.kind}: measuring its own example breaks; requests() gives Aggregate, Counts and Rows that can be hashed (tuples, not lists)"
        )
        yield attempt(partial(try_out, check, types), sentence)


def _claims_of(trial: Trial, declared: Declared, twin: Item) -> tuple[Claim, ...]:
    """What an item claims of the rows, after a look at what it asks. Raises its `MeasurementError` where the rows do not fit."""
    __tracebackhide__ = True
    if declared.id in trial.refused:
        raise trial.refused[declared.id]
    item, of = declared.item, f"{declared.check.kind}: the item {declared.id!r} of its example"
    requests = _requests(trial, item, of)
    expect(requests == _requests(trial, item, of), f"{of}: requests() asks something else when called twice; it must be pure")
    expect(requests == _requests(trial, twin, of), f"{of}: an equal check asks unequal requests, so that they are never answered together")
    claims = tuple(attempt(lambda: item.claims(trial.scope, trial.answers), f"{of}: claims() breaks"))
    expect(claims and all(isinstance(claim, Claim) for claim in claims), f"{of}: claims() gives at least one Claim, got {claims!r}")
    expect(all(claim.says for claim in claims), f"{of}: a claim says nothing: `says` is the claim in words")
    parts = [claim.part for claim in claims]
    expect(len(set(parts)) == len(parts), f"{of}: several claims have one `part`: {', '.join(map(repr, parts))}")
    rows = attempt(lambda: item.offenders(trial.scope, trial.answers), f"{of}: offenders() breaks")
    limited = rows is None or (isinstance(rows, Rows) and rows.limit is not None)
    expect(limited, f"{of}: offenders() gives None or Rows with a limit, got {rows!r}")
    return claims


def _requests(trial: Trial, item: Item, of: str) -> tuple[Request, ...]:
    __tracebackhide__ = True
    return attempt(lambda: tuple(item.requests(trial.scope)), f"{of}: requests() breaks")


def _samples_as_it_says(check: Check, claims: list[Claim]) -> None:
    __tracebackhide__ = True
    sampled = [claim.says for claim in claims if isinstance(claim.statistic, Statistic)]
    said = check.takes_alpha
    expect(
        said or not sampled,
        f"{check.kind}: {sampled[:1]} is a claim from a sample, so the kind must set sampled_kind = True to get its share of alpha",
    )
    expect(sampled or not check.sampled_kind, f"{check.kind}: says sampled_kind, and its example claims nothing from a sample")
    rows = attempt(lambda: check.required_rows(alpha=0.05, power=0.9), f"{check.kind}: required_rows() breaks")
    expect(isinstance(rows, str), f"{check.kind}: required_rows() says how many rows are needed, got {rows!r}")


def _honours_where(check: Check, example: Mapping[str, Any], columns: Mapping[str, ColumnType]) -> None:
    """A slice without rows: it is asked for, and nothing breaks on it."""
    __tracebackhide__ = True
    try:
        empty = type(check).model_validate({**{key: value for key, value in example.items() if key != "kind"}, "where": NO_ROW})
    except ValidationError:
        return  # the kind takes no slice, and says so
    seen: set[str] = set()
    for trial in _trials(empty, example, columns):
        seen |= {declared.id for declared in trial.items if declared.id not in seen and _bears_no_row(trial, declared)}
        if len(seen) == len(trial.items):
            break


def _bears_no_row(trial: Trial, declared: Declared) -> bool:
    """Whether the rows fitted the item; it may refuse them, but it may not break."""
    __tracebackhide__ = True
    if declared.id in trial.refused:
        return False
    item, of = declared.item, f"{declared.check.kind}: the item {declared.id!r} of its example with `where:`"
    asked = _requests(trial, item, of)
    expect(not asked or any(request.view.where for request in asked), f"{of} asks about all rows: scope.view(..., where=self.where)")
    try:
        attempt(lambda: item.claims(trial.scope, trial.answers), f"{of}, which selects no row, breaks")
    except MeasurementError:
        return False
    return True
