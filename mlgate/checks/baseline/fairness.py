"""Kind `fairness`: a model treats groups of rows alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, ClassVar, Self

from pydantic import Field, model_validator

from mlgate.checks._wording import slice_words
from mlgate.checks.baseline._answers import answer_of
from mlgate.checks.baseline._fair_claims import Groups
from mlgate.checks.baseline._group_reading import GroupReading
from mlgate.checks.baseline._margin import Margin
from mlgate.checks.baseline._metric_check import metric_named
from mlgate.checks.baseline._parameters import needs_more
from mlgate.checks.baseline._rates import RATE_WORDS, GroupRows, Rate
from mlgate.checks.baseline._reading import Reading
from mlgate.core.bound import CellLiteral, NumberBound, ShareBound, plain
from mlgate.core.check import Check, ModelName, Refers
from mlgate.core.claim import Claim
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import telling
from mlgate.core.measured import Measured
from mlgate.core.metric import Metric
from mlgate.core.registry import load
from mlgate.core.request import Request
from mlgate.core.scope import Scope
from mlgate.core.statistic import Nothing, Statistic
from mlgate.core.verdict import Family
from mlgate.stats.gap_change import PairedValue
from mlgate.stats.power import required_rows

MOST_GROUPS = 50


class Fairness(Check):
    """Between no two groups of a column does a rate or metric of a model differ by more than `gap`, or by less than the ratio `ratio`.

    Units: `rate` is a share in [0, 1]: `selection` (predicted positive), `tpr`, `fnr`, `fpr`, `tnr`, `ppv`, `npv` or `accuracy`; a `metric` has its
    own unit. `gap: {at_most: 0.1}` bounds the largest difference between two groups, `ratio: {at_least: 0.8}` the smallest ratio (of rates),
    `against` with `no_worse_by: 0.02` how much larger the gap may be than another model's. Null is a group of its own. Groups in which
    fewer than `min_rows` rows bear on the rate are listed and left undecided, and so are those of `among` that are not there.

    A PASS is shown for every pair of groups, a FAIL for one of them at the share of alpha divided by the number of pairs: the level holds
    however many groups there are, and although the largest of many differences is never small by chance (Berger 1982,
    doi:10.1080/00401706.1982.10487790). Pairs of rates by Miettinen and Nurminen's score interval (1985, doi:10.1002/sim.4780040211), of metrics
    by Zou and Donner's (2008, doi:10.1002/sim.3095). Equal selection is demographic parity, equal tpr equal opportunity (Hardt et al. 2016).

    Example:
        - {id: found-alike, kind: fairness, of: candidate, by: carrier, rate: tpr, gap: {at_most: 0.1}, min_rows: 10}

    Not for: why groups differ, or which notion of fairness is right: equal tpr, equal ppv and equal selection exclude each other where base
    rates differ (Chouldechova 2017, doi:10.1089/big.2016.0047).
    """

    family: ClassVar[Family] = "baseline"
    sampled_kind: ClassVar[bool] = True
    marks_values: ClassVar[bool] = True

    of: Annotated[ModelName, Field(description="The model judged.")]
    by: Annotated[str, Field(description="The column of groups.")]
    rate: Annotated[Rate | None, Field(description="A share of rows: `selection`, `tpr`, `fnr`, `fpr`, `tnr`, `ppv`, `npv`, `accuracy`.")] = None
    metric: Annotated[str | None, Refers("metric"), Field(description="A metric, in place of a rate: `log_loss`, `roc_auc`, `mae`, ...")] = None
    gap: Annotated[NumberBound | None, Field(description="Bound on the largest difference between two groups: `{at_most: 0.1}`.")] = None
    ratio: Annotated[ShareBound | None, Field(description="Bound on the smallest ratio of two groups' rates: `{at_least: 0.8}`.")] = None
    against: Annotated[ModelName | None, Field(description="A model whose gap is compared with.")] = None
    no_worse_by: Annotated[Margin | None, Field(description="With `against`: how much larger the gap may be.")] = None
    among: Annotated[tuple[CellLiteral, ...], Field(description="The groups compared; default: all that occur.")] = ()
    min_rows: Annotated[int, Field(ge=1, description="Groups with fewer rows that bear on the rate are listed and left undecided.")] = 30
    groups: Annotated[str | None, Field(description="Column of rows that belong together (users); default: the dataset's `group`.")] = None
    positive: Annotated[CellLiteral | None, Field(description="The positive class, where labels are not 0 and 1 or true and false.")] = None

    @model_validator(mode="after")
    def _one_claim(self) -> Self:
        for fault in self._faults():
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        if (self.rate is None) == (self.metric is None):
            yield f"exactly one of rate and metric is needed, got {'none' if self.rate is None else 'both'}"
        if self.metric is not None and ":" in self.metric:
            yield "metric: a metric of your own has no direction here; register it (docs/extend.md), or bound it by slices of kind metric"
        if self.metric is not None and (more := needs_more(self.metric)):
            yield f"metric: {self.metric} needs {more}, which fairness does not read; bound it by slices of kind metric"
        given = [name for name in ("gap", "ratio", "no_worse_by") if getattr(self, name) is not None]
        if len(given) != 1:
            yield f"exactly one of gap, ratio, and no_worse_by (with against) is needed, got {' and '.join(given) or 'none'}"
        if (self.against is None) != (self.no_worse_by is None):
            yield "against and no_worse_by go together: by how much the gap may be larger than the other model's"
        if self.against == self.of:
            yield f"of and against name the same model {self.of!r}"
        if self.gap is not None and (self.gap.limits[0] is not None or not 0 < (self.gap.limits[1] or 0) < math.inf):
            yield "gap takes at_most, above 0: no sample can show that groups do not differ at all"
        if self.ratio is not None and (self.rate is None or self.ratio.limits[1] is not None or not 0 < (self.ratio.limits[0] or 0) < 1):
            yield "ratio takes at_least, above 0 and below 1, and goes with a rate"
        if len(set(map(str, self.among))) != len(self.among) or len(self.among) == 1:
            yield "among names two groups or more, each once"

    def says(self) -> str:
        """The claim in words."""
        what = f"the {self.rate or self.metric} of {self.of}"
        where = slice_words(self.where)
        if self.gap is not None:
            return f"{what} differs between any two groups of {self.by} by {self.gap}{where}"
        if self.ratio is not None:
            return f"{what} in any group of {self.by} is {self.ratio} of that in any other{where}"
        gap = f"the largest gap in {self.rate or self.metric} between groups of {self.by}"
        return f"{gap} is larger for {self.of} than for {self.against} by at most {plain(self.no_worse_by)}{where}"

    def requests(self, scope: Scope) -> Iterable[Request]:
        return (self._reading(scope).request,)

    def claims(self, scope: Scope, measured: Measured) -> Sequence[Claim]:
        reading = self._reading(scope)
        found = self._rated(reading, measured) if isinstance(reading, GroupReading) else self._measured(reading, measured)
        return (self._claim(found), *found.undecided(self.says()))

    def _claim(self, groups: Groups) -> Claim:
        if why := groups.too_few():
            return Claim(self.says(), Nothing(why))
        words = RATE_WORDS[self.rate] if self.rate is not None else ""
        details = (*groups.table(words), groups.noise_floor())
        fix = f"look at the rows of the groups that lie apart; {self.by} may stand for something the model should know, or for too few training rows"
        low, high = self._bounds()
        statistic = groups.gap() if self.gap is not None else groups.ratio() if self.ratio is not None else groups.change()
        null = 0.0 if self.against is not None else None
        return Claim(self.says(), statistic, low=low, high=high, null=null, seen=groups.seen(), details=details, fix=fix)

    def _bounds(self) -> tuple[float | None, float | None]:
        if self.ratio is not None:
            return self.ratio.limits
        return (None, self.no_worse_by if self.gap is None else self.gap.limits[1])

    def _reading(self, scope: Scope) -> GroupReading | Reading:
        if self.against is not None and scope.dataset_of(self.of) != scope.dataset_of(self.against):
            raise MeasurementError(
                f"{self.of} is judged on {scope.dataset_of(self.of)} but {self.against} on {scope.dataset_of(self.against)}",
                cause="configuration",
                fix=f"declare `dataset: {scope.dataset_of(self.of)}` for {self.against}",
            )
        metric: Metric = load("metrics", "recall")() if self.metric is None else metric_named(self.metric)
        models = (self.of,) if self.against is None else (self.of, self.against)
        columns = tuple(prefix + answer_of(scope, model, metric, self.positive) for prefix, model in zip(("", "baseline_"), models, strict=False))
        view = scope.view(self.of, baseline=self.against, where=self.where)
        unit = self.groups or scope.spec(self.of).group
        if self.metric is not None:
            return Reading(metric, view, scope.label(self.of), columns, by=self.by, group=unit, positive=self.positive)
        label = None if self.rate == "selection" else scope.label(self.of)
        known_as = scope.spec(self.of).label or "prediction"
        return GroupReading(view, self.by, label, columns, unit=unit, positive=self.positive, known_as=known_as)

    def _rated(self, reading: GroupReading, measured: Measured) -> Groups:
        assert self.rate is not None
        rows: dict[str, GroupRows] = dict(reading.groups(measured[reading.request]))
        left_out, judged, paired = self._absent(rows), dict[str, Statistic](), dict[str, PairedValue]()
        flags: list[str] = []
        for name, own in self._chosen(rows).items():
            about = min(own.about(self.rate, arm) for arm in range(len(own.answers)))
            if about < self.min_rows:
                left_out[name] = f"{about:,} rows bear on {self.rate}, fewer than min_rows: {self.min_rows}"
                continue
            judged[name], few = own.share(self.rate)
            flags += few
            if self.against is not None:
                paired[name] = own.paired(self.rate)
        return Groups(self.by, judged, left_out, paired, tuple(dict.fromkeys(flags)))

    def _measured(self, reading: Reading, measured: Measured) -> Groups:
        rows = dict(reading.slices(measured[reading.request]))
        left_out, judged, paired = self._absent(rows), dict[str, Statistic](), dict[str, PairedValue]()
        for name, arms in self._chosen(rows).items():
            if arms.rows < self.min_rows:
                left_out[name] = f"{arms.rows:,} rows, fewer than min_rows: {self.min_rows}"
                continue
            try:
                with telling(reading.metric):
                    own = reading.metric.statistic(arms.candidate)
                    if arms.baseline is not None:
                        other = reading.metric.statistic(arms.baseline)
                        both = reading.metric.difference(arms.candidate, arms.baseline)
                        new, old, change = (one.standard_error**2 for one in (own, other, both))
                        paired[name] = PairedValue(own.value, other.value, new, old, change, own.n_obs)
                    judged[name] = own
            except MeasurementError as error:
                if error.cause != "data":
                    raise
                left_out[name] = error.what  # the whole set is fit to be judged, this group of it is not
        return Groups(self.by, judged, left_out, paired)

    def _chosen(self, rows: dict[str, Any]) -> dict[str, Any]:
        """The groups to compare. Raises `MeasurementError` for too many."""
        wanted = {_name(one) for one in self.among}
        found = {name: own for name, own in rows.items() if not wanted or name in wanted}
        if len(found) > MOST_GROUPS:
            raise MeasurementError(
                f"{self.by} has {len(found):,} groups, too many to compare each with each",
                cause="configuration",
                fix=f"name at most {MOST_GROUPS} with `among: [..]`, or make a coarser column",
            )
        return found

    def _absent(self, rows: dict[str, Any]) -> dict[str, str]:
        return {_name(one): "no rows" for one in self.among if _name(one) not in rows} if rows else {}

    def required_rows(self, *, alpha: float, power: float) -> str:
        """Rows of two equal groups that show their gap to be within its bound where there is none."""
        if self.gap is None or self.rate is None:
            return "depends on the rates and on how many groups there are: known after the first run"
        rows = required_rows(standard_error=math.sqrt(0.5), n_obs=1, margin=float(self.gap.limits[1] or 1), alpha=alpha, power=power)
        return f"{rows:,} rows in each of two groups that bear on {self.rate}, if it is 0.5 in both; fewer if it is rare or frequent"


def _name(value: CellLiteral) -> str:
    return value if isinstance(value, str) else plain(value)
