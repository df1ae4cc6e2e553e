"""Gates written in Python: a function marked `@mlgate.gate` that yields checks. Importing this module loads nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, overload

if TYPE_CHECKING:
    from mlgate.core.gate import Dataset, Gate, Model, Policy, Waiver

F = TypeVar("F", bound=Callable[..., Any])
_MARK = "__mlgate_gate__"


@dataclass(frozen=True)
class Declaration:
    """What the decorator was given, kept on the function until the gate is built."""

    sections: Mapping[str, Any] = field(default_factory=dict)


@overload
def gate(function: F, /) -> F: ...
@overload
def gate(
    *,
    datasets: Mapping[str, Dataset | Mapping[str, Any] | Any] = ...,
    models: Mapping[str, Model | Mapping[str, Any]] = ...,
    policy: Policy | Mapping[str, Any] | None = ...,
    waivers: Sequence[Waiver | Mapping[str, Any]] = ...,
) -> Callable[[F], F]: ...
def gate(function: Any = None, /, *, datasets: Any = None, models: Any = None, policy: Any = None, waivers: Any = None) -> Any:
    """Marks a function of a `test_*.py` that yields checks as a gate, as a gate file would say it.

    `datasets` maps names to `Dataset` objects, to mappings as in YAML, or to frames in memory (pandas, polars, Arrow); a frame that
    needs a key or a label is `Dataset(frame=frame, key="id", label="y")`. Relative paths are resolved against the file of the function.

    Example:
        @mlgate.gate(datasets={"current": {"path": "data/current.parquet"}})
        def churn():
            yield Rows(id="volume", of="current", rows={"at_least": 1000})
    """
    given = {"datasets": datasets, "models": models, "policy": policy, "waivers": waivers}
    declaration = Declaration({name: value for name, value in given.items() if value is not None})

    def mark(marked: F) -> F:
        setattr(marked, _MARK, declaration)
        return marked

    return mark if function is None else mark(function)


def is_gate(candidate: object) -> bool:
    """Whether an object is a function marked `@mlgate.gate`."""
    return declaration_of(candidate) is not None


def declaration_of(candidate: object) -> Declaration | None:
    """What the decorator was given; looks into the object's own dictionary, so that no `__getattr__` of a user runs."""
    try:
        found = vars(candidate).get(_MARK)
    except TypeError:  # no dictionary
        return None
    return found if isinstance(found, Declaration) else None


def build(function: Callable[[], Any], *, env: Mapping[str, str] | None = None, shown_as: str = "") -> Gate:
    """Runs a marked function and makes its gate, with the same checks as for a gate file.

    Raises `GateFileError` with all faults, each at the line of the `yield` (or of the function); what the user's own code raises, it raises.
    """
    from mlgate.gatefile.python_build import build_gate

    declaration = declaration_of(function)
    if declaration is None:
        raise TypeError(f"{function!r} is not marked with @mlgate.gate")
    return build_gate(function, declaration.sections, env=env, shown_as=shown_as)
