"""What is known to be wrong with a request before anything is scanned."""

from __future__ import annotations

from collections.abc import Callable

from mlgate.core.column_names import no_column
from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe, Request, columns_of, conditions_of, expressions_of, needed_by, other_side
from mlgate.core.table_schema import Column, TableSchema
from mlgate.expressions.guard import ExpressionError
from mlgate.expressions.types import check as check_types

Columns = Callable[[str], TableSchema | MeasurementError]
_Rows = tuple[str, str | None, str | None]  # dataset, model, baseline


class Prechecks:
    """Looks at requests. `schema` and `attach` give the columns of a dataset and of a model, `engine` the name of a dataset's engine."""

    def __init__(self, schema: Columns, attach: Columns, engine: Callable[[str], str]) -> None:
        self._schema, self._attach, self._engine = schema, attach, engine
        self._known: dict[_Rows, TableSchema] = {}

    def fault(self, request: Request) -> MeasurementError | None:
        """A dataset or model that does not open, a column that is gone, a type that does not fit; None where nothing is wrong."""
        if isinstance(request, Probe):
            return next((fault for rows in request.inputs if (fault := self.fault(rows)) is not None), None)
        for needed in (needed_by(request), other_side(request)):
            if needed is not None and (fault := self.fault(needed)) is not None:
                return fault
        view = request.view
        parts = [self._schema(name) for name in (view.dataset, view.joined) if name is not None]
        parts += [self._attach(name) for name in (view.model, view.baseline) if name is not None and not _broken(parts)]
        if broken := _broken(parts):
            return broken
        if view.joined is not None:
            return None  # the engine knows both sides' names
        if (there := other_side(request)) is not None and (fault := self._apart(view.dataset, there.view.dataset)) is not None:
            return fault
        return _fault_of(request, self._rows(view.dataset, view.model, view.baseline))

    def _apart(self, dataset: str, other: str) -> MeasurementError | None:
        """Why the rows of two datasets cannot be looked up in each other, None where one engine reads both."""
        names = self._engine(dataset), self._engine(other)
        if names[0] == names[1]:
            return None
        what = f"{dataset} is read by the engine {names[0]} and {other} by {names[1]}: values of one cannot be looked up in the other"
        return MeasurementError(what, cause="configuration", fix="give both datasets one engine; a profile holds no rows to look up")

    def _rows(self, dataset: str, model: str | None, baseline: str | None) -> TableSchema:
        """The columns of a dataset with those that its models add. All parts are known to be open."""
        if (dataset, model, baseline) not in self._known:
            own = _opened(self._schema(dataset))
            columns = [*own.columns, *(_opened(self._attach(model)).columns if model else ())]
            columns += [Column(f"baseline_{one.name}", one.type, one.native) for one in (_opened(self._attach(baseline)).columns if baseline else ())]
            self._known[dataset, model, baseline] = TableSchema(dataset, tuple(columns), fields=own.fields)
        return self._known[dataset, model, baseline]


def _broken(parts: list[TableSchema | MeasurementError]) -> MeasurementError | None:
    return next((part for part in parts if isinstance(part, MeasurementError)), None)


def _opened(schema: TableSchema | MeasurementError) -> TableSchema:
    assert isinstance(schema, TableSchema)
    return schema


def _fault_of(request: Request, schema: TableSchema) -> MeasurementError | None:
    for name in columns_of(request):
        if name not in schema.known:
            return no_column(f"dataset {schema.dataset!r}", name, schema.names)
    conditions = conditions_of(request)
    for expression in expressions_of(request):
        try:
            check_types(expression, schema, boolean=expression in conditions)
        except ExpressionError as error:
            return MeasurementError(f"{error.what}: {error.got}", cause="configuration", fix=error.fix or f"expected: {error.expected}")
    return None
