"""The kinds: one file each, in a folder per family. `from mlgate.checks import Rows, Compare` finds them by file name."""

from __future__ import annotations

import re
from typing import Any


def __getattr__(name: str) -> Any:
    if not name[:1].isupper():
        raise AttributeError(f"module 'mlgate.checks' has no attribute {name!r}")
    from mlgate.core.registry import entries, load

    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    if kind not in entries("checks"):
        raise AttributeError(f"no kind {kind!r}: have {', '.join(entries('checks'))}")
    return load("checks", kind)
