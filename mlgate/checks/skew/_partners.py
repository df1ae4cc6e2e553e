"""Which rows of a parity check find a partner, and which do not: the claims, and the keys that are missing on either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mlgate.checks._moments import duration_words
from mlgate.checks._wording import listed, share_words, slice_words
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import cell
from mlgate.core.measured import Measured
from mlgate.core.request import BESIDE, Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.statistic import Exact, Nothing

if TYPE_CHECKING:
    from mlgate.checks.skew.parity import Parity

Paired = tuple[int, int, int, int, int]


def joined_claims(check: Parity, scope: Scope, measured: Measured) -> list[Claim]:
    """The share of rows with a partner, and that no key stands twice."""
    answer: Paired = measured[check.paired(scope)]
    joined = _joined_claim(check, scope, answer, _lag_words(check, scope, measured))
    return [joined] if isinstance(joined.statistic, Nothing) and not any(answer[3:]) else [joined, _double_claim(check, scope, answer)]


def _lag_words(check: Parity, scope: Scope, measured: Measured) -> str:
    lags = check.lags(scope)
    if lags is None or not measured[lags][0]:
        return ""
    _, _, _, median, most = measured[lags]
    return f"; their rows of {check.against} are {duration_words(median)} older in the median, {duration_words(most)} at most"


def _joined_claim(check: Parity, scope: Scope, answer: Paired, lag: str) -> Claim:
    paired, alone, alone_against, double, doubles_against = answer
    low, high = check.joined_share.limits
    timed = " not later than themselves" if check.as_of is not None else ""
    says = f"the share of rows of {check.of} with a partner in {check.against}{timed} is {check.joined_share}{slice_words(check.where)}"
    n = paired + alone
    if n == 0:
        doubles = double or (doubles_against if check.as_of is not None else 0)
        if not doubles and check.where is None and check.when_empty != "skip":
            what = f"{check.of} has no rows at all"
            raise MeasurementError(what, fix="find why the load is empty; `when_empty: skip` where that is as it should be")
        why = f"no row of {check.of} has a key of its own" if doubles else f"no rows in {check.of}"
        return Claim(says, Nothing(why), low=low, high=high, part="joined")
    others = "" if check.as_of is not None else f"; {alone_against:,} rows of {check.against} without a partner"
    fix = f"look for rows that one side lost, or for a {', '.join(scope.spec(check.of).key)} that is written differently"
    if check.as_of is not None:
        fix = f"look for keys that {check.against} lacks, or that it knows only later"
    seen = f"{share_words(paired, n)}{others}{lag}"
    return Claim(says, Exact(paired / n, n, alone), low=low, high=high, unit="share", seen=seen, part="joined", fix=fix)


def _double_claim(check: Parity, scope: Scope, answer: Paired) -> Claim:
    doubles = sum(answer[3:])
    sides = (check.of, check.against)
    found = [f"{count:,} in {side}" for count, side in zip(answer[3:], sides, strict=True) if count]
    key, times = ", ".join(scope.spec(check.of).key), check.times(scope)
    says = f"no {key} occurs twice in {check.of} or {check.against}"
    if times is not None:
        says = f"no {', '.join(dict.fromkeys((*scope.spec(check.against).key, times.against)))} occurs twice in {check.against}"
    return Claim(
        says,
        Exact(doubles, sum(answer[:2]) + doubles, doubles),
        high=0,
        unit="keys",
        seen=f"keys that occur more than once: {' and '.join(found)}; their rows are not compared" if found else "none does",
        part="duplicate keys",
        fix="remove the repeated rows, or add the column that tells them apart to `key`",
    )


def _missing(check: Parity, scope: Scope) -> tuple[Rows, Rows]:
    """The first rows of each side that find no partner."""
    here, there = scope.spec(check.of).key, tuple(f"{BESIDE}{name}" for name in scope.spec(check.against).key)
    samples = scope.samples
    return (
        Rows(here, check.view(scope, pairs="only_dataset"), limit=samples),
        Rows(there, check.view(scope, pairs="only_joined"), limit=samples),
    )


def partner_requests(check: Parity, scope: Scope, measured: Measured) -> Iterator[Request]:
    """The keys to show, where any are missing and any may be shown."""
    _, alone, alone_against, *_ = measured[check.paired(scope)]
    here, there = _missing(check, scope)
    if scope.samples:
        yield from ([here] if alone else []) + ([there] if alone_against else [])


def partner_findings(check: Parity, scope: Scope, measured: Measured) -> Iterator[str]:
    """How many keys each side lacks, with the first of them."""
    _, alone, alone_against, *_ = measured[check.paired(scope)]
    for rows, count, side, other in zip(
        _missing(check, scope), (alone, alone_against), (check.of, check.against), (check.against, check.of), strict=True
    ):
        if not count:
            continue
        answer = measured.answers.get(rows)
        told = f"{count:,} rows of {side} without a partner in {other}"
        if not isinstance(answer, dict):
            yield told
            continue
        names = [str(name) for name in rows.columns]
        keys = [
            " ".join(f"{name.removeprefix(BESIDE)} {cell(name, value)}" for name, value in zip(names, row, strict=True))
            for row in zip(*(answer[name] for name in names), strict=True)
        ]
        yield f"{told}: {listed(keys, count, shown=scope.samples)}"
