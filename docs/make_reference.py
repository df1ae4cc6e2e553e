"""Writes docs/reference.md, and the tables of docs/metrics.md and docs/properties.md, from what is registered, so that no page is out of date.

python docs/make_reference.py
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from mlgate.checks.skew._laws._known import known
from mlgate.checks.skew._laws._law import Law
from mlgate.core.bound import BoundOf
from mlgate.core.check import Check
from mlgate.core.registry import Group, entries, load
from mlgate.expressions.guard import functions

PAGE = Path(__file__).with_name("reference.md")
METRICS = Path(__file__).with_name("metrics.md")
TABLE = re.compile(r"(?<=<!-- metrics -->\n).*?(?=<!-- end of metrics -->)", re.DOTALL)
LAWS_PAGE = Path(__file__).with_name("properties.md")
_LAWS = re.compile(r"(?<=<!-- laws -->\n).*?(?=<!-- end of laws -->)", re.DOTALL)
HEAD = """# Reference

Made from the docstrings by `docs/make_reference.py`; `mlgate schema` prints the same as JSON Schema.

Every check has `id` and `kind`, and may have `severity: block | warn`, `primary`, `where`, `why`, `tags`, `owner`, `when_empty: inconclusive | skip`,
`samples` (how many offending rows are shown), `mask` (columns whose values are not).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD, "## Kinds\n", *(_kind(name) for name in _own("checks"))]
    parts += ["## Metrics\n", *(_docstring(name, "metrics") for name in _own("metrics"))]
    parts += ["## Distances\n", *(_docstring(name, "distances") for name in _own("distances"))]
    parts += ["## Functions in expressions\n", textwrap.fill(", ".join(f"`{name}`" for name in functions()), 150, break_on_hyphens=False), ""]
    return "\n".join(parts)


def metrics_page() -> str:
    """The page of metrics with its table anew."""
    rows = ["| metric | says | reads | label | keys | better | unit |", "|---|---|---|---|---|---|---|", *map(_metric_row, _own("metrics"))]
    return TABLE.sub("\n".join(rows).replace("\\", r"\\") + "\n", METRICS.read_text(encoding="utf-8"))


def _metric_row(name: str) -> str:
    metric = load("metrics", name)
    says = " ".join((inspect.getdoc(metric) or "").split("\n\n", maxsplit=1)[0].split()).replace("|", "\\|")
    needs = {"prediction": "`prediction`", "score": "`score`", "scores": "`score_<class>`", "loss": "an expression"}[metric.needs]
    reads = needs + (" or `score_<class>`" if metric.by_class else "")
    keys = [f"`{key}`" + (" (optional)" if key in metric.optional else "") for key in (*metric.takes, *(("query",) if metric.per_query else ()))]
    direction = "higher" if metric.greater_is_better else "lower"
    return f"| [`{name}`](reference.md#{name}) | {says} | {reads} | {metric.labels} | {', '.join(keys)} | {direction} | {metric.unit} |"


def laws() -> str:
    """The tables of laws of docs/properties.md: first those that are tried by default."""
    kinds = sorted(known().values(), key=lambda law: (not law.by_default, law.name()))
    rows = [f"| {_law(law)} | {law.claim()}. | {law.in_production()} |" for law in kinds]
    count = sum(law.by_default for law in kinds)
    head = "| law | says | in production |\n|---|---|---|\n"
    first, second = (head + "\n".join(part) for part in (rows[:count], rows[count:]))
    return f"By default:\n\n{first}\n\nWhere they are named:\n\n{second}\n"


def _law(law: type[Law]) -> str:
    description = law.model_fields["argument"].description if law.takes_argument() else None
    return f"`{law.name()}`" + (f": {description}" if description else "")


def with_laws(text: str) -> str:
    """The page with its tables of laws."""
    return _LAWS.sub(lambda _: laws(), text)


def _own(group: Group) -> list[str]:
    return [name for name, entry in entries(group).items() if entry.distribution == "mlgate"]


def _kind(name: str) -> str:
    text = re.sub(r"\nExample:\n(.*?)\n\n", _example, inspect.getdoc(load("checks", name)) or "", flags=re.DOTALL)
    rows = ["| key | says | default |", "|---|---|---|", *_keys(load("checks", name))]
    return f"### {name}\n\n{text}\n\n" + "\n".join(rows) + "\n"


def _example(match: re.Match[str]) -> str:
    return f"\n```yaml\nchecks:\n{textwrap.indent(textwrap.dedent(match[1]), '  ')}\n```\n\n"


def _keys(kind: type[BaseModel], inside: str = "") -> Iterator[str]:
    for name, field in kind.model_fields.items():
        if name in Check.model_fields:
            continue
        key = f"{inside}{field.alias or name}"
        yield f"| `{key}` | {(field.description or '').replace('|', chr(92) + '|')} | {_default(field)} |"
        for model, named in _models_in(field.annotation):
            yield from _keys(model, f"{key}.{'<name>.' if named else ''}")


def _models_in(annotation: object, *, named: bool = False) -> Iterator[tuple[type[BaseModel], bool]]:
    """The models a key may hold, and whether under names of the user's; bounds speak for themselves."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel) and not issubclass(annotation, BoundOf):
        yield annotation, named
    for part in get_args(annotation):
        yield from _models_in(part, named=named or get_origin(annotation) is dict)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "" if value is None or value in ((), {}) else f"{str(value).lower() if isinstance(value, bool) else value}"


def _docstring(name: str, group: Group) -> str:
    return f"### {name}\n\n{inspect.getdoc(load(group, name))}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    METRICS.write_text(metrics_page(), encoding="utf-8")
    LAWS_PAGE.write_text(with_laws(LAWS_PAGE.read_text(encoding="utf-8")), encoding="utf-8")
