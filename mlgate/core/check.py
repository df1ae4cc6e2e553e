"""The base of every kind, and the items a check consists of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any, ClassVar, Literal, Protocol, runtime_checkable

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from mlgate.core.claim import Claim
from mlgate.core.expression import Expression
from mlgate.core.measured import Measured
from mlgate.core.request import Request, Rows
from mlgate.core.scope import Scope
from mlgate.core.verdict import Family, Severity


class Refers:
    """Marks a field that names something declared elsewhere, so that the loader can check it: `Annotated[str, Refers("dataset")]`."""

    def __init__(self, *to: Literal["dataset", "model", "metric", "distance"]) -> None:
        self.to = to


def _expression(value: Any) -> Any:
    if isinstance(value, str):
        from mlgate.core.registry import expression_parser

        return expression_parser()(value)
    if not isinstance(value, Expression):  # pydantic would build one from a mapping, past the guard
        raise ValueError("an expression is one SQL condition in text")
    return value


def _aggregate(value: Any) -> Any:
    if isinstance(value, str):
        from mlgate.core.registry import expression_parser

        return expression_parser(aggregate=True)(value)
    if not isinstance(value, Expression):
        raise ValueError("an aggregate is one SQL expression in text")
    return value


Masked = Annotated[
    Literal["all"]
    | Annotated[
        tuple[str, ...],
        BeforeValidator(lambda value: (value,) if isinstance(value, str) else value),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
    ],
    Field(union_mode="left_to_right"),
]
"""Columns whose values no report may show: a list of names, or `all`."""
DatasetName = Annotated[str, Refers("dataset")]
ModelName = Annotated[str, Refers("model")]
RowsName = Annotated[str, Refers("dataset", "model")]  # rows of a dataset, or of a model's dataset with its predictions
Condition = Annotated[Expression, BeforeValidator(_expression), WithJsonSchema({"type": "string", "maxLength": 2000})]
"""One SQL boolean expression, parsed and allow-listed while the gate file is loaded."""
RowExpression = Annotated[Expression, BeforeValidator(_expression), WithJsonSchema({"type": "string", "maxLength": 2000})]
"""One SQL value for each row (`abs(prediction - actual)`), parsed and allow-listed while the gate file is loaded."""
AggregateExpression = Annotated[Expression, BeforeValidator(_aggregate), WithJsonSchema({"type": "string", "maxLength": 2000})]
"""One SQL number over all rows (`sum(price) / count(*)`), parsed and allow-listed while the gate file is loaded."""


class Item(Protocol):
    """What is measured, judged and reported as one pytest item. All three methods are pure."""

    def requests(self, scope: Scope) -> Iterable[Request]:
        """What must be known. May raise `MeasurementError` (a column that is gone)."""
        ...

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        """What is claimed, with the numbers. Several claims (slices) share the item's alpha by Holm."""
        ...

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        """The rows to show when the item fails; asked for only then. The run sets their number (`samples`) and masks their cells."""
        ...


@runtime_checkable
class Explained(Protocol):
    """What an item may offer besides: it looks for the cause of what failed or stayed undecided. Both methods are pure."""

    def follow_up(self, scope: Scope, measured: Measured) -> Iterable[Request]:
        """What to ask besides, by the answers so far. Called again with the new ones until it asks for nothing more, four times at most."""
        ...

    def findings(self, scope: Scope, measured: Measured) -> Sequence[str]:
        """What was found, a sentence each, shown before the details of the verdict. An answer that is missing or failed is no finding."""
        ...


class Check(BaseModel):
    """One check of a gate file. A kind is a subclass in a file of its own; the file's name is the kind's name.

    A kind either is its own only item (it defines `requests` and `claims`) or overrides `parts` to consist of several.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    kind: ClassVar[str] = ""
    family: ClassVar[Family]
    sampled_kind: ClassVar[bool] = False  # True where claims carry a Statistic by nature, so that the item takes a share of alpha
    drift_kind: ClassVar[bool] = False  # True where the share comes from drift's own alpha
    marks_values: ClassVar[bool] = False  # True where values of the data stand in texts through `core.marked` alone, and are a claim's number only
    # where an aggregate asked for them; else a check that reads masked columns is shown without its words and numbers
    row_level: ClassVar[bool] = False  # True where no row can break it: a dataset without rows is then INCONCLUSIVE and holds; else it is an ERROR
    live_kind: ClassVar[bool] = False  # True where the candidate serves already: a FAIL rolls it back, and what is undecided holds

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\-]+$")]
    severity: Severity = "block"
    primary: bool = False
    where: Condition | None = None
    why: str = ""
    tags: tuple[Annotated[str, Field(pattern=r"^[A-Za-z_]\w*$")], ...] = ()
    owner: str = ""
    when_empty: Literal["inconclusive", "skip"] = "inconclusive"
    samples: Annotated[int, Field(ge=0)] | None = None
    mask: Masked = ()

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        cls.kind = cls.__module__.rsplit(".", 1)[-1]

    def family_in(self, models: Collection[str]) -> Family:
        """The family this check counts in, given the names of the gate's models."""
        return self.family

    @property
    def takes_alpha(self) -> bool:
        """Whether its claims are judged as samples: by nature, or because the gate file says `sampled: true`.

        An item that says `takes_alpha = False` takes no share all the same, because its claims are exact.
        """
        return self.sampled_kind or bool(getattr(self, "sampled", False))

    @property
    def compared(self) -> tuple[str, str] | None:
        """The candidate and the baseline, for kinds that compare two models; the only such check of a file is primary."""
        return None

    @property
    def allows_first_run(self) -> bool:
        """Whether it steps aside while its baseline does not exist yet."""
        return False

    def parts(self) -> Sequence[tuple[str, Item]]:
        """The items of this check by part name; "" names the check itself. Known from the gate file alone: no data is opened."""
        return (("", self),)

    def requests(self, scope: Scope) -> Iterable[Request]:
        raise TypeError(f"kind {self.kind!r} defines neither requests nor parts")

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        raise TypeError(f"kind {self.kind!r} defines neither claims nor parts")

    def offenders(self, scope: Scope, measured: Measured) -> Rows | None:
        return None

    def required_rows(self, *, alpha: float, power: float) -> str:
        """What `mlgate plan` says about the rows a sampled check needs, before any data was seen; empty for exact checks.

        `alpha` is the one-sided error of a PASS, `power` the chance that a candidate equal to the baseline passes.
        """
        return ""

    def assumption(self, discordance: float) -> tuple[float, float | None] | None:
        """The tolerated loss and, where a stated `discordance` gives it, the standard deviation per row of what is estimated.

        `discordance` in [0, 1] is the share of rows on which exactly one of two models is right. None where the gate file states no loss.
        """
        return None

    def assumed_rows(self, discordance: float, *, alpha: float, power: float) -> int:
        """Rows with which an equal candidate passes, where `assumption` gives a spread. Raises `TypeError` of kinds that give none."""
        raise TypeError(f"kind {self.kind!r} knows no rows for a discordance")


def item_ids(check: Check) -> tuple[str, ...]:
    """The ids of a check's items: `id`, or `id.part` with other characters than letters, digits, `_ . -` and space in the part replaced."""
    return tuple(f"{check.id}.{safe_part(part)}" if part else check.id for part, _ in check.parts())


def safe_part(part: str) -> str:
    """A part name fit for a pytest node id: no brackets, colons, slashes, @ or control characters."""
    return "".join(char if char.isalnum() or char in "_.- " else "_" for char in part).strip() or "_"
