"""Which columns of a model a metric reads: one answer, one score for each class, or what an expression names."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.core.bound import CellLiteral
from mlgate.core.errors import MeasurementError
from mlgate.core.expression import Expression
from mlgate.core.metric import Metric
from mlgate.core.scope import Scope
from mlgate.core.table_schema import TableSchema
from mlgate.expressions.renaming import renamed

SCORE_OF = "score_"
PREFIXES = ("", "baseline_")  # of the columns of the candidate and of the baseline
ACTUAL = "actual"


def answer_of(scope: Scope, model: str, metric: Metric, positive: CellLiteral | None) -> str:
    """The column of a model's answer: `prediction`, `score`, or `score_<positive>` where the model has one per class."""
    known = columns_of_model(scope, model)
    if known is None:
        return metric.needs
    own = f"{SCORE_OF}{positive}"
    if metric.needs == "score" and positive is not None and own in known:
        return own
    if metric.needs in known:
        return metric.needs
    raise MeasurementError(
        f"{metric.name} needs the {metric.needs} of {model}, which gives {', '.join(known) or 'nothing'}",
        cause="model",
        fix=_fix_of_missing(metric, model, [name for name in known if name.startswith(SCORE_OF)]),
    )


def class_columns(scope: Scope, models: Sequence[str], metric: Metric, positive: CellLiteral | None) -> tuple[tuple[str, ...], ...]:
    """The `score_<class>` columns of each model, empty where the metric reads one answer.

    Raises `MeasurementError` (cause model) where a metric of classes meets a model without them.
    """
    known = [columns_of_model(scope, model) or () for model in models]
    found = tuple(tuple(name for name in names if name.startswith(SCORE_OF)) for names in known)
    if metric.needs != "scores" and not (
        metric.by_class and positive is None and any("score" not in names and len(own) > 1 for names, own in zip(known, found, strict=True))
    ):
        return ()
    for model, names, own in zip(models, known, found, strict=True):
        if len(own) < 2:
            raise MeasurementError(
                f"{metric.name} needs a score for each class of {model}, which gives {', '.join(names) or 'nothing'}",
                cause="model",
                fix=f"add `method: predict_proba` to models.{model}, or store its scores as columns score_<class>",
            )
    return found


def losses(scope: Scope, models: Sequence[str], loss: Expression) -> tuple[tuple[Expression, ...], tuple[tuple[str, ...], ...]]:
    """The loss over the columns of each model, and which of its own columns each one reads.

    Raises `MeasurementError` (cause configuration) for a loss that no model changes, that names what one model does not give, and where
    `actual` could mean two columns.
    """
    actual = _actual(scope, models[0], loss)
    known = [columns_of_model(scope, model) or ("prediction", "score") for model in models]
    answers = tuple(name for name in loss.columns if any(name in names for names in known))
    if not answers:
        raise MeasurementError(
            f"loss reads no answer of {models[0]}: it is the same for every model",
            cause="configuration",
            fix=f"name {' or '.join(dict.fromkeys(name for names in known for name in names))} in it",
        )
    for model, names in zip(models, known, strict=True):
        lacking = [name for name in answers if name not in names]
        if lacking:
            raise MeasurementError(
                f"loss reads {', '.join(lacking)}, which {model} does not give: it gives {', '.join(names)}", cause="model", fix="name what both give"
            )
    own = tuple(renamed(loss, actual | {name: prefix + name for name in answers}) for prefix, _ in zip(PREFIXES, models, strict=False))
    return own, tuple(answers for _ in models)


def _actual(scope: Scope, of: str, loss: Expression) -> dict[str, str]:
    """What `actual` stands for."""
    if ACTUAL not in loss.columns:
        return {}
    label = scope.label(of)
    schema = scope.schema(scope.dataset_of(of))
    if label != ACTUAL and ACTUAL in schema.names:
        raise MeasurementError(
            f"`{ACTUAL}` in loss is the label {label!r}, and {schema.dataset} has a column of that name too",
            cause="configuration",
            fix=f"name the label itself: {label}",
        )
    return {ACTUAL: label}


def columns_of_model(scope: Scope, model: str) -> tuple[str, ...] | None:
    """The columns that a model gives, None where the run does not know them yet. Raises the `MeasurementError` met on opening it."""
    known = scope.model_columns.get(model)
    if isinstance(known, MeasurementError):
        raise known
    return known.names if isinstance(known, TableSchema) else None


def _fix_of_missing(metric: Metric, model: str, by_class: Sequence[str]) -> str:
    if metric.needs == "prediction":
        return f"add `threshold:` to models.{model} to make predictions of its score, or name their column with `prediction:`"
    if by_class:
        of_classes = ", or judge all classes together by roc_auc_ovr" if metric.name == "roc_auc" else ""
        return f"add `positive: <class>` to the check, to read one of {', '.join(by_class)}{of_classes}"
    return f"add `method: predict_proba` to models.{model}, or name the column of scores with `score:`"
