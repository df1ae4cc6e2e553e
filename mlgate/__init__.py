"""mlgate: data checks, training-serving skew, business rules and candidate-against-baseline comparisons as pytest items.

Names are loaded when first used: importing mlgate loads no third-party package.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlgate.core.bound import NumberBound, ShareBound
    from mlgate.core.check import Check
    from mlgate.core.gate import Dataset, Gate, Model, Policy, Waiver
    from mlgate.core.result import RunResult
    from mlgate.core.verdict import Outcome, Verdict
    from mlgate.gatefile.python_gate import gate

__version__ = "0.1.0"

_HOME = {
    "Check": "mlgate.core.check",
    "Dataset": "mlgate.core.gate",
    "Gate": "mlgate.core.gate",
    "Model": "mlgate.core.gate",
    "Policy": "mlgate.core.gate",
    "Waiver": "mlgate.core.gate",
    "NumberBound": "mlgate.core.bound",
    "ShareBound": "mlgate.core.bound",
    "Outcome": "mlgate.core.verdict",
    "RunResult": "mlgate.core.result",
    "Verdict": "mlgate.core.verdict",
    "gate": "mlgate.gatefile.python_gate",
}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'mlgate' has no attribute {name!r}")
    return getattr(importlib.import_module(home), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})


__all__ = [
    "Check",
    "Dataset",
    "Gate",
    "Model",
    "NumberBound",
    "Outcome",
    "Policy",
    "RunResult",
    "ShareBound",
    "Verdict",
    "Waiver",
    "__version__",
    "gate",
]
