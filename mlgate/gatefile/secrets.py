"""Passwords that a gate file holds in spite of `${NAME}`: no message shows them."""

from __future__ import annotations

import re

_ACCOUNT = re.compile(r"(?<=://)[^\s'\"]+(?=@)")  # user:password of a URL
_WORD = re.compile(r"(?<![\w.])((?:password|passwd|pwd)\s*=\s*)('(?:[^'\\]|\\.)*'|[^\s'\":,}]+)", re.IGNORECASE)


def masked(text: str) -> str:
    """`text` with stars for what stands between `://` and `@` or after `password=`, as long as before, so that a caret below still points right."""
    hidden = _ACCOUNT.sub(lambda match: "*" * len(match[0]), text)
    return _WORD.sub(lambda match: match[1] + "*" * len(match[2]), hidden)
