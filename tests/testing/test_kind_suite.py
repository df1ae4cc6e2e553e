"""The suite for kinds catches what it says it catches."""

from typing import Annotated, ClassVar

import pytest
from pydantic import Field

from mlgate.core.check import Check, RowsName
from mlgate.core.claim import Claim
from mlgate.core.request import Aggregate, Op, Rows
from mlgate.core.statistic import Exact, Nothing
from mlgate.stats.proportion import Proportion
from mlgate.testing import check_kind

HEAD = "The share of nulls in a column is small.\n\nUnits: shares in [0, 1].\n\n"
EXAMPLE = "Example:\n    {id: few, kind: test_kind_suite, of: current, column: delay, at_most: 0.1}\n\n"
DOC = f"{HEAD}{EXAMPLE}Not for: rows.\n"


class Good(Check):
    __doc__ = DOC
    family: ClassVar = "data"
    of: Annotated[RowsName, Field(description="The rows.")]
    column: Annotated[str, Field(description="The column.")]
    at_most: Annotated[float, Field(description="The largest share.")]

    def ask(self, scope, op):
        return Aggregate(op, self.column, (), scope.view(self.of, where=self.where))

    def requests(self, scope):
        return (self.ask(scope, Op.NULLS), self.ask(scope, Op.ROWS))

    def statistic(self, nulls, rows):
        return Exact(nulls / rows, rows, nulls) if rows else Nothing("no rows")

    def claims(self, scope, measured):
        nulls, rows = (measured[request] for request in self.requests(scope))
        return (Claim("few nulls", self.statistic(nulls, rows), high=self.at_most),)


class WithoutFamily(Good):
    __doc__ = DOC
    family: ClassVar = "weather"


class Lenient(Good):
    __doc__ = DOC
    model_config: ClassVar = {"extra": "ignore"}


class WithoutUnits(Good):
    __doc__ = DOC.replace("Units:", "In shares,")


class WithoutFullStop(Good):
    __doc__ = DOC.replace("small.", "small")


class Mute(Good):
    pass


Mute.__doc__ = None


class WithoutYaml(Good):
    __doc__ = DOC.replace("{id", "{{id")


class MisspelledExample(Good):
    __doc__ = DOC.replace("column:", "colum:")


class OtherName(Good):
    __doc__ = DOC.replace("kind: test_kind_suite", "kind: nulls")


class Undescribed(Good):
    __doc__ = DOC
    strict: bool = False


class TwoOfOneName(Good):
    __doc__ = DOC

    def parts(self):
        return (("a/b", self), ("a:b", self))


class Unnameable(Good):
    __doc__ = DOC

    def parts(self):
        return (("//", self),)


class Counting(Good):
    __doc__ = DOC
    calls: ClassVar = []

    def requests(self, scope):
        self.calls.append(1)
        return (*super().requests(scope), Aggregate(Op.OUTSIDE, "row_id", (0, len(self.calls)), scope.view(self.of, where=self.where)))


class ByIdentity(Good):
    __doc__ = DOC

    def requests(self, scope):
        return (*super().requests(scope), Aggregate(Op.IN, "row_id", (id(self),), scope.view(self.of, where=self.where)))


class Unhashable(Good):
    __doc__ = DOC

    def requests(self, scope):
        return (Aggregate(Op.IN, self.column, ([1, 2],), scope.view(self.of)),)


class InWords(Good):
    __doc__ = DOC

    def requests(self, scope):
        return ("nulls of delay",)


class Unasked(Good):
    __doc__ = DOC

    def claims(self, scope, measured):
        return (Claim("few", Exact(measured[self.ask(scope, Op.MAX)], 1)),)


class DeafToWhere(Good):
    __doc__ = DOC

    def ask(self, scope, op):
        return Aggregate(op, self.column, (), scope.view(self.of))


class DividesByRows(Good):
    __doc__ = DOC

    def statistic(self, nulls, rows):
        return Exact(nulls / rows, rows, nulls)


class SamplesSilently(Good):
    __doc__ = DOC

    def statistic(self, nulls, rows):
        return Proportion(successes=nulls, n_obs=rows)


class SaysItSamples(Good):
    __doc__ = DOC
    sampled_kind: ClassVar = True


class ClaimsNothing(Good):
    __doc__ = DOC

    def claims(self, scope, measured):
        return ()


class ShowsAllRows(Good):
    __doc__ = DOC

    def offenders(self, scope, measured):
        return Rows((self.column,), scope.view(self.of))


BROKEN = {
    WithoutFamily: "family is 'weather', expected one of data, skew",
    Lenient: "a misspelled key would go unseen",
    Mute: "no docstring",
    WithoutFullStop: "one sentence that ends with a full stop",
    WithoutUnits: "the docstring has no paragraph 'Units'",
    WithoutYaml: "the example is no YAML",
    MisspelledExample: "its own example is refused",
    OtherName: "the example says kind: nulls",
    Undescribed: "strict not described",
    TwoOfOneName: "several items are called few.a_b",
    Unnameable: "nothing of the part names",
    Counting: "requests\\(\\) asks something else when called twice",
    ByIdentity: "an equal check asks unequal requests",
    Unhashable: "that can be hashed.*unhashable type: 'list'",
    InWords: "requests\\(\\) gives Aggregate, Counts and Rows.*'str' object has no attribute",
    Unasked: "claims\\(\\) reads a request that requests\\(\\) does not ask",
    DeafToWhere: "asks about all rows",
    DividesByRows: "which selects no row, breaks: ZeroDivisionError",
    SamplesSilently: "the kind must set sampled_kind = True",
    SaysItSamples: "its example claims nothing from a sample",
    ClaimsNothing: "claims\\(\\) gives at least one Claim",
    ShowsAllRows: "offenders\\(\\) gives None or Rows with a limit",
}


@pytest.mark.parametrize(("kind", "sentence"), BROKEN.items(), ids=lambda one: getattr(one, "__name__", None))
def test_a_broken_kind_is_caught_by_a_sentence_that_says_how(kind, sentence):
    with pytest.raises(AssertionError, match=sentence):
        check_kind(kind)


def test_a_sound_kind_passes_without_being_registered():
    check_kind(Good)


class OfTwoTypes(Good):
    __doc__ = DOC.replace("column: delay", "column: delay, day: day")
    day: Annotated[str, Field(description="A date.")]

    def requests(self, scope):
        types = scope.schema(self.of).types
        assert types  # the columns are known before anything is asked
        if (types[self.column], types[self.day]) != ("float", "date"):
            from mlgate.core.errors import MeasurementError

            raise MeasurementError("delay is a float and day a date")
        return super().requests(scope)


def test_a_kind_of_columns_of_several_types_says_what_it_needs_and_gets_it():
    with pytest.raises(AssertionError, match=r"no made-up rows fit .* \(delay is a float and day a date\); give the types of its columns"):
        check_kind(OfTwoTypes)
    check_kind(OfTwoTypes, columns={"delay": "float", "day": "date"})
