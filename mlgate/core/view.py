"""Which rows a request is about."""

from __future__ import annotations

from dataclasses import dataclass

from mlgate.core.expression import Expression


@dataclass(frozen=True, slots=True)
class View:
    """The rows of a dataset, with the columns that models or a second dataset add to them.

    `model` adds the columns `prediction`, `score` and `score_<class>`; `baseline`, a second model on the same rows, adds
    `baseline_prediction`, `baseline_score` and `baseline_score_<class>`. `joined` is another dataset, joined row by row over the
    `key` of both (full outer join); only the pair operators of `request.Op` make sense there. `where` keeps a slice.
    """

    dataset: str
    model: str | None = None
    baseline: str | None = None
    joined: str | None = None
    where: Expression | None = None

    def __str__(self) -> str:
        text = self.dataset
        if self.model:
            text += f" with {self.model}" + (f" and {self.baseline}" if self.baseline else "")
        if self.joined:
            text += f" joined with {self.joined}"
        return f"{text} where {self.where}" if self.where else text
