"""The keys that lead to a value in a gate file, and how they are spelled in a fault."""

from __future__ import annotations

import re

Trail = tuple[str | int | float | bool, ...]
_PLAIN = re.compile(r"[A-Za-z_][\w\-]*")


def spell(trail: Trail) -> str:
    """`checks[2].columns.carrier`; names that are not plain words stand in brackets and quotes."""
    spelled = ""
    for key in trail:
        if isinstance(key, str) and _PLAIN.fullmatch(key):
            spelled += f".{key}" if spelled else key
        else:
            spelled += f"[{key!r}]"
    return spelled
