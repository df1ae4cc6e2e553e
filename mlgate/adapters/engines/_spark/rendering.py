"""Users' expressions as Spark's SQL over the engine's own columns, part by part, each with DuckDB's meaning.

Every node has its rule here, in operators.py, casts.py or functions.py; a node without one is refused, so that nothing means something else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from sqlglot import exp

from mlgate.adapters.engines._duckdb.rendering import Cell
from mlgate.adapters.engines._spark import functions, operators
from mlgate.adapters.engines._spark.casts import cast
from mlgate.adapters.engines._spark.names import text_of
from mlgate.adapters.engines._spark.patterns import to_java
from mlgate.adapters.engines._spark.pieces import Piece, any_fails, fails_of, refused
from mlgate.core.expression import Expression
from mlgate.core.table_schema import NUMERIC, TypeName
from mlgate.expressions.types import infer, tree_of

if TYPE_CHECKING:
    from sqlglot.expressions import Expr as Node

_COMPARED: Mapping[type, str] = {exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=", exp.NullSafeEQ: "<=>"}
_ARITHMETIC: Mapping[type, str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_BINARY: Mapping[type, Callable[[Piece, Piece], Piece]] = {
    exp.Div: operators.division,
    exp.IntDiv: operators.whole_division,
    exp.Mod: operators.remainder,
    exp.Pow: operators.power,
    exp.And: partial(operators.logical, "and"),
    exp.Or: partial(operators.logical, "or"),
}
_INTERVALS = frozenset({"YEAR", "MONTH", "WEEK", "DAY", "HOUR", "MINUTE", "SECOND"})
Aggregating = Callable[["Node", "Renderer"], "Piece | None"]


def render(expression: Expression, cells: Mapping[str, Cell]) -> Cell:
    """The expression over `cells`, ending the statement where it fails on a row. Raises `MeasurementError` for what Spark does differently."""
    piece = piece_of(expression, cells)
    return Cell(str(expression), piece.strict(str(expression)), piece.type, "FLOAT" if piece.single else "")


def piece_of(expression: Expression, cells: Mapping[str, Cell], *, aggregating: Aggregating | None = None) -> Piece:
    """The expression over `cells`, its failures apart."""
    return Renderer(cells, aggregating).piece(tree_of(expression.sql))


class Renderer:
    """Walks one tree. `aggregating` answers for aggregates, where the expression may have some."""

    def __init__(self, cells: Mapping[str, Cell], aggregating: Aggregating | None = None) -> None:
        self._cells, self._aggregating = cells, aggregating

    def piece(self, node: Node) -> Piece:
        """One node with all that is below it."""
        if self._aggregating is not None and (made := self._aggregating(node, self)) is not None:
            return made
        name = type(node).__name__
        if type(node) in _BINARY:
            return _BINARY[type(node)](self.piece(node.this), self.piece(node.expression))
        if type(node) in _ARITHMETIC:
            return operators.arithmetic(_ARITHMETIC[type(node)], self.piece(node.this), self.piece(node.expression))
        if name in functions.PLAIN:
            return functions.PLAIN[name]([self.piece(part) for part in _operands(node)])
        if name in functions.UNITS:
            return functions.unit_part(functions.UNITS[name], self.piece(node.this))
        rule = getattr(self, f"_{name.lower()}", None)
        if rule is None:
            rule = self._compared if type(node) in _COMPARED else None
        if rule is None:
            raise refused(node.sql(dialect="duckdb"))
        made = rule(node)
        assert isinstance(made, Piece)
        return made

    def over(self, cells: Mapping[str, Cell]) -> Renderer:
        """The same walk without aggregates: what stands inside of one."""
        return Renderer(cells)

    # -- leaves

    def _column(self, node: Node) -> Piece:
        cell = self._cells[node.name]
        return Piece(cell.sql, cell.type, single=cell.native == "FLOAT", zoned=cell.native == "TIMESTAMP WITH TIME ZONE")

    def _literal(self, node: Node) -> Piece:
        if node.is_string:
            return Piece(text_of(node.name), "string", constant=True)
        kind: TypeName = "integer" if node.is_int else "float" if "e" in node.name.lower() else "decimal"
        return Piece(node.name, kind, constant=True)

    def _boolean(self, node: Node) -> Piece:
        return Piece("true" if node.this else "false", "boolean", constant=True)

    def _null(self, node: Node) -> Piece:
        return Piece("null", "null", constant=True)

    def _interval(self, node: Node) -> Piece:
        unit = str(node.args["unit"]).upper().removesuffix("S")
        if unit not in _INTERVALS or not (isinstance(node.this, exp.Literal) and node.this.name.lstrip("-").isdigit()):
            raise refused(node.sql(dialect="duckdb"), "write a whole number of days, hours, minutes or seconds: interval 3 day")
        return Piece(f"interval '{int(node.this.name)}' {unit.lower()}", "duration", constant=True)

    # -- logic

    def _paren(self, node: Node) -> Piece:
        return self.piece(node.this)

    def _not(self, node: Node) -> Piece:
        piece = self.piece(node.this)
        return piece.typed(f"(not {piece.sql})", "boolean")

    def _neg(self, node: Node) -> Piece:
        return operators.negated(self.piece(node.this))

    def _compared(self, node: Node) -> Piece:
        return operators.compared(_COMPARED[type(node)], *self._sides(node.this, node.expression))

    def _nullsafeneq(self, node: Node) -> Piece:
        same = operators.compared("<=>", *self._sides(node.this, node.expression))
        return same.typed(f"(not {same.sql})", "boolean")

    def _sides(self, left: Node, right: Node) -> tuple[Piece, Piece]:
        return operators.aligned(self.piece(left), self.piece(right), (_text(left), _text(right)))

    def _between(self, node: Node) -> Piece:
        low = operators.compared(">=", *self._sides(node.this, node.args["low"]))
        high = operators.compared("<=", *self._sides(node.this, node.args["high"]))
        return Piece(f"({low.sql} and {high.sql})", "boolean", any_fails(low.fails, high.fails))

    def _in(self, node: Node) -> Piece:
        members = [(self.piece(part), _text(part)) for part in node.expressions]
        return operators.one_of(self.piece(node.this), members, _text(node.this))

    def _is(self, node: Node) -> Piece:
        piece = self.piece(node.this)
        word = "null" if isinstance(node.expression, exp.Null) else "true" if node.expression.this else "false"
        return piece.typed(f"({piece.sql} is {word})", "boolean")

    # -- text

    def _like(self, node: Node, escape: str | None = None) -> Piece:
        return self._likened(node, "like", escape)

    def _ilike(self, node: Node, escape: str | None = None) -> Piece:
        return self._likened(node, "ilike", escape)

    def _escape(self, node: Node) -> Piece:
        if _text(node.expression) is None or not isinstance(node.this, (exp.Like, exp.ILike)):
            raise refused(node.sql(dialect="duckdb"))
        return self._likened(node.this, "like" if isinstance(node.this, exp.Like) else "ilike", _text(node.expression))

    def _likened(self, node: Node, word: str, escape: str | None) -> Piece:
        value, pattern = self.piece(node.this), _text(node.expression)
        if pattern is None:
            raise refused(f"{word} with a pattern that is no text in quotes")
        return value.typed(f"({functions.text(value, word)} {word} {text_of(operators.like_pattern(pattern, escape))})", "boolean")

    def _regexplike(self, node: Node) -> Piece:
        return self._matched(node, "{}")

    def _regexpfullmatch(self, node: Node) -> Piece:
        return self._matched(node, r"\A(?:{})\z")

    def _matched(self, node: Node, form: str) -> Piece:
        value, pattern = self.piece(node.this), _text(node.expression)
        if pattern is None or node.args.get("flag") or node.args.get("options"):
            raise refused("a pattern that is no text in quotes, or has options")
        return value.typed(f"({functions.text(value, 'a pattern')} rlike {text_of(form.format(to_java(pattern)))})", "boolean")

    def _concat(self, node: Node) -> Piece:
        pieces = [self._as_text(part) for part in node.expressions]
        return Piece(f"concat_ws('', {', '.join(piece.sql for piece in pieces)})", "string", fails_of(pieces))

    def _dpipe(self, node: Node) -> Piece:
        pieces = [self._as_text(part) for part in (node.this, node.expression)]
        return Piece(f"concat({pieces[0].sql}, {pieces[1].sql})", "string", fails_of(pieces))

    def _as_text(self, node: Node) -> Piece:
        piece = self.piece(node)
        return piece if piece.type == "string" else cast(piece, exp.DataType.build("VARCHAR"), quiet=False)

    def _substring(self, node: Node) -> Piece:
        length = node.args.get("length")
        start = self.piece(node.args["start"])
        return functions.substring(self.piece(node.this), start, None if length is None else self.piece(length))

    def _trim(self, node: Node) -> Piece:
        return functions.trimmed(
            self.piece(node.this), None if node.expression is None else self.piece(node.expression), str(node.args.get("position") or "")
        )

    # -- choices

    def _case(self, node: Node) -> Piece:
        conditions = []
        for branch in node.args["ifs"]:
            test = operators.compared("=", *self._sides(node.this, branch.this)) if node.this is not None else self.piece(branch.this)
            conditions.append((test, self.piece(branch.args["true"])))
        default = node.args.get("default")
        return self._chosen(node, conditions, Piece("null", "null") if default is None else self.piece(default))

    def _if(self, node: Node) -> Piece:
        other = node.args.get("false")
        return self._chosen(
            node, [(self.piece(node.this), self.piece(node.args["true"]))], Piece("null", "null") if other is None else self.piece(other)
        )

    def _chosen(self, node: Node, branches: Sequence[tuple[Piece, Piece]], default: Piece) -> Piece:
        values = [value for _, value in branches] + [default]
        sql = " ".join(f"when {test.sql} then {value.sql}" for test, value in branches)
        late = [f"when {test.sql} then {value.fails or 'false'}" for test, value in branches]
        own = f"case {' '.join(late)} else {default.fails or 'false'} end" if any(value.fails for value in values) else None
        fails = any_fails(*(test.fails for test, _ in branches), own)
        return Piece(f"case {sql} else {default.sql} end", self._kind(node, values), fails, _all_single(values))

    def _kind(self, node: Node, values: Sequence[Piece]) -> TypeName | None:
        kinds = {value.type for value in values} - {"null"}
        if "string" in kinds and len(kinds) > 1:
            raise refused(f"{node.sql(dialect='duckdb')}, which mixes text with other values")
        if not kinds:
            return "null"
        if kinds <= NUMERIC:
            return next(kind for kind in ("float", "decimal", "integer") if kind in kinds)  # type of the widest
        return next(iter(kinds)) if len(kinds) == 1 else infer(node, {name: cell.type for name, cell in self._cells.items()})

    def _coalesce(self, node: Node) -> Piece:
        pieces = self._operands(node)
        fails, before = pieces[0].fails, pieces[0].sql
        for piece in pieces[1:]:
            late = None if piece.fails is None else f"({before} is null and {piece.fails})"
            fails, before = any_fails(fails, late), f"coalesce({before}, {piece.sql})"
        return Piece(f"coalesce({', '.join(piece.sql for piece in pieces)})", self._kind(node, pieces), fails, _all_single(pieces))

    def _greatest(self, node: Node) -> Piece:
        return self._extreme(node, "greatest")

    def _least(self, node: Node) -> Piece:
        return self._extreme(node, "least")

    def _extreme(self, node: Node, name: str) -> Piece:
        pieces = self._operands(node)
        if len(pieces) == 1:
            return pieces[0]
        return Piece(f"{name}({', '.join(piece.sql for piece in pieces)})", self._kind(node, pieces), fails_of(pieces), _all_single(pieces))

    def _nullif(self, node: Node) -> Piece:
        piece = self.piece(node.this)
        left, right = operators.aligned(piece, self.piece(node.expression), (_text(node.this), _text(node.expression)))
        return Piece(f"if({left.sql} = {right.sql}, null, {piece.sql})", piece.type, fails_of((left, right)), piece.single)

    def _operands(self, node: Node) -> list[Piece]:
        return [self.piece(part) for part in (node.this, *node.expressions)]

    # -- numbers and times

    def _cast(self, node: Node, *, quiet: bool = False) -> Piece:
        to = node.args["to"]
        moment = _text(node.this) if to.this.name in ("DATE", "TIMESTAMP", "TIMESTAMPNTZ") else None
        if moment is not None:
            kind: TypeName = "date" if to.this.name == "DATE" else "timestamp"
            return operators.aligned(self.piece(node.this), Piece("", kind), (moment, None))[0]
        return cast(self.piece(node.this), to, quiet=quiet)

    def _trycast(self, node: Node) -> Piece:
        return self._cast(node, quiet=True)

    def _round(self, node: Node) -> Piece:
        digits = node.args.get("decimals")
        sign = -1 if isinstance(digits, exp.Neg) else 1
        literal = digits.this if isinstance(digits, exp.Neg) else digits
        if literal is not None and not (isinstance(literal, exp.Literal) and literal.is_int):
            raise refused("round to a number of digits that is no whole number")
        return functions.rounded(self.piece(node.this), 0 if literal is None else sign * int(literal.name))

    def _ln(self, node: Node) -> Piece:
        return functions.logarithm("ln", self.piece(node.this))

    def _log(self, node: Node) -> Piece:
        if node.expression is None:
            return functions.logarithm("log10", self.piece(node.this))
        if not (isinstance(node.this, exp.Literal) and node.this.name in ("2", "10")):
            raise refused("log with a base of its own", "write ln(x) / ln(base)")
        return functions.logarithm(f"log{node.this.name}", self.piece(node.expression))

    def _timestamptrunc(self, node: Node) -> Piece:
        return functions.truncated(node.args["unit"].name, self.piece(node.this))

    _datetrunc = _timestamptrunc

    def _datediff(self, node: Node) -> Piece:
        return functions.boundaries(node.args["unit"].name, *self._moments(node.expression, node.this))

    def _moments(self, *nodes: Node) -> list[Piece]:
        """A text literal among times is a time."""
        return [operators.aligned(self.piece(node), Piece("", "timestamp"), (_text(node), None))[0] for node in nodes]

    def _extract(self, node: Node) -> Piece:
        return functions.unit_part(node.this.name, self.piece(node.expression))


def _operands(node: Node) -> list[Node]:
    parts = [node.this, node.args.get("substr") or node.args.get("expression"), *(node.expressions or ())]
    return [part for part in parts if part is not None]


def _text(node: Node) -> str | None:
    while isinstance(node, exp.Paren):
        node = node.this
    return node.name if isinstance(node, exp.Literal) and node.is_string else None


def _all_single(pieces: Sequence[Piece]) -> bool:
    """DuckDB widens a 32-bit float only beside a 64-bit one."""
    floats = [piece for piece in pieces if piece.type == "float"]
    return bool(floats) and all(piece.single for piece in floats)
