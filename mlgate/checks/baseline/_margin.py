"""Margins of comparisons: a number, 0 or more; the direction is in the key."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import BeforeValidator

from mlgate.core.bound import RealNumber


def _not_negative(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and not (0 <= value < math.inf):
        write = f": write {-value:g}" if -math.inf < value < 0 else ""
        raise ValueError(f"a margin is a number, 0 or more; the direction is in the key{write} (got {value!r})")
    return value


Margin = Annotated[RealNumber, BeforeValidator(_not_negative)]
