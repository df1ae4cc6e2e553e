"""A verdict as JUnit properties: fixed names, string values, only those that exist."""

from __future__ import annotations

from mlgate.core.verdict import Verdict
from mlgate.reports._text import one_line

PREFIX = "mlgate."
_ESTIMATE = (
    ("estimate", "value"),
    ("low", "low"),
    ("high", "high"),
    ("confidence_level", "confidence_level"),
    ("n_obs", "n_obs"),
    ("required_n", "required_n"),
    ("pvalue", "pvalue"),
    ("alpha", "alpha"),
    ("bound", "bound"),
    ("unit", "unit"),
    ("violations", "violations"),
)


def render(verdict: Verdict) -> list[tuple[str, str]]:
    """(name, value) pairs in a fixed order; floats keep full double precision (`repr`)."""
    found: list[tuple[str, object]] = [
        ("kind", verdict.kind),
        ("family", verdict.family),
        ("outcome", verdict.outcome.value),
        ("severity", verdict.severity),
        ("cause", verdict.cause),
        ("action", verdict.action),
    ]
    if verdict.estimate is not None:
        found += [(name, getattr(verdict.estimate, field)) for name, field in _ESTIMATE]
    return [(PREFIX + name, _text(value)) for name, value in found if value is not None and value != ""]


def _text(value: object) -> str:
    if hasattr(value, "item"):  # a numpy scalar: execnet and repr want the plain number
        value = value.item()
    return repr(value) if isinstance(value, float) else one_line(str(value))
