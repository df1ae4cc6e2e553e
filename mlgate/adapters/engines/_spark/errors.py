"""What Spark says, in one sentence: its messages come with a hundred lines of Java."""

from __future__ import annotations

import re

_CLASS = re.compile(r"\[(?P<name>[A-Z0-9_.]+)\]\s*(?P<text>.*)", re.DOTALL)
_ENDS = re.compile(r"\s*SQLSTATE:|\n\s*at |\n== |;\n'|\n\n|\nJVM stacktrace|\nDriver stacktrace|\n\tat ")
_LONGEST = 300


def said(error: BaseException) -> str:
    """The first sentence of an error of Spark, without trace, plan and class names."""
    text = str(error).strip() or type(error).__name__
    found = _CLASS.search(text)
    if found:
        name = found["name"].replace("_", " ").replace(".", ": ").lower()
        first = _ENDS.split(found["text"], maxsplit=1)[0].strip() or name
    else:
        lines = [line.strip() for line in _ENDS.split(text, maxsplit=1)[0].splitlines() if line.strip()]
        first = lines[0] if lines else text
        if first.startswith("An error occurred while calling") and len(lines) > 1:
            first = re.sub(r"^:?\s*(?:[\w$]+\.)+([\w$]+):?", r"\1:", lines[1])
    first = " ".join(first.split())
    return first if len(first) <= _LONGEST else f"{first[:_LONGEST]}..."
