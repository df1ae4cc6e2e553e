"""Reads a report from disk: the evidence file or pytest's JUnit file, told apart by content."""

from __future__ import annotations

from pathlib import Path

from mlgate.promotion import from_json, from_junit
from mlgate.promotion._broken import MAX_BYTES, BrokenEvidenceError
from mlgate.promotion.evidence import Evidence


def read_report(path: Path) -> tuple[Evidence, ...]:
    """The facts of every session in the file. Raises `BrokenEvidenceError` for a file that is missing, too large, truncated, edited or foreign."""
    source = str(path)
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BrokenEvidenceError(f"{source}: larger than {MAX_BYTES >> 20} MiB")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BrokenEvidenceError(f"{source}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise BrokenEvidenceError(f"{source}: not UTF-8 text") from error
    start = text.lstrip()[:1]
    if start == "{":
        return (from_json.read(text, source=source),)
    if start == "<":
        return from_junit.read(text, source=source)
    raise BrokenEvidenceError(f"{source}: neither an evidence file nor a JUnit file" if start else f"{source}: empty")


__all__ = ["BrokenEvidenceError", "read_report"]
