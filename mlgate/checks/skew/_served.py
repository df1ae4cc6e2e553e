"""The two models of a `prediction_parity`, and the columns that both answer with."""

from __future__ import annotations

from typing import Protocol

from mlgate.core.bound import ShareBound
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.scope import Scope
from mlgate.core.table_schema import NUMERIC, Column, TableSchema
from mlgate.core.view import View


class Pair(Protocol):
    """What the items read of their check."""

    @property
    def of(self) -> str: ...
    @property
    def against(self) -> str: ...
    @property
    def where(self) -> Expression | None: ...
    @property
    def mismatch_share(self) -> ShareBound: ...


def view(scope: Scope, pair: Pair, *, where: Expression | None = None) -> View:
    """The rows with the answers of both. Raises `MeasurementError` where they are not about one dataset."""
    own, other = scope.dataset_of(pair.of), scope.dataset_of(pair.against)
    if own != other:
        raise MeasurementError(
            f"{pair.of} is about {own} and {pair.against} about {other}: both must have answered the same rows",
            cause="configuration",
            fix=f"declare `dataset: {own}` for {pair.against}",
        )
    return scope.view(pair.of, baseline=pair.against, where=where or pair.where)


def answers(scope: Scope, model: str) -> TableSchema:
    """The columns a model answers with. Raises the `MeasurementError` that stopped it."""
    found = scope.model_columns[model]
    if isinstance(found, MeasurementError):
        raise found
    return found


def both(scope: Scope, pair: Pair, column: str) -> tuple[Column, Column]:
    """One column of both sides. Raises `MeasurementError` where one of them lacks it."""
    made = []
    for model in (pair.of, pair.against):
        known = answers(scope, model)
        if column not in known.known:
            raise MeasurementError(
                f"{model} gives no {column}, only {', '.join(known.names) or 'nothing'}",
                cause="model",
                fix=f"add `threshold:` to models.{model} to make predictions of its score"
                if column == "prediction"
                else f"add `method: predict_proba` to models.{model}, or let it answer with its scores",
            )
        made.append(known.known[column])
    return made[0], made[1]


def score_columns(scope: Scope, pair: Pair) -> tuple[str, ...]:
    """The scores that both have: `score`, else all `score_<class>`, else the predictions of two regressions."""
    own, other = answers(scope, pair.of).names, answers(scope, pair.against).names
    if "score" in own and "score" in other:
        return ("score",)
    classes, others = ([name for name in names if name.startswith("score")] for names in (own, other))
    if classes and set(classes) == set(others):
        return tuple(classes)
    if not classes and not others:
        one, two = both(scope, pair, "prediction")
        if one.type in NUMERIC and two.type in NUMERIC:
            return ("prediction",)
    raise MeasurementError(
        f"{pair.of} gives {', '.join(own) or 'nothing'} and {pair.against} {', '.join(other) or 'nothing'}: no score that both have",
        cause="model",
        fix="let both answer with `score`, or with `score_<class>` of the same classes; or leave `score` out and ask for `flip_share`",
    )


def shown(scope: Scope, pair: Pair, columns: tuple[str, ...]) -> tuple[str, ...]:
    """What an offending row shows: its key, the columns concerned, and the score and prediction of both where they have them."""
    named = dict.fromkeys((*columns, "prediction", "score"))
    have = [(name, model) for name in named for model in (pair.of, pair.against)]
    present = [name if model == pair.of else f"baseline_{name}" for name, model in have if name in answers(scope, model).known]
    return tuple(dict.fromkeys((*scope.spec(pair.of).key, *present)))
