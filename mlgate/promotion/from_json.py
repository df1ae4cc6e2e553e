"""Reads the evidence file that a session wrote."""

from __future__ import annotations

import json

from mlgate.core.codec import from_plain
from mlgate.promotion._broken import BrokenEvidenceError
from mlgate.promotion.evidence import SCHEMA, Evidence, digest

_FACTS = ("version", "created", "gates", "items", "collect_errors", "outside_failed", "outside_errors", "narrowed")


def read(text: str, *, source: str) -> Evidence:
    """The facts in an evidence document. Raises `BrokenEvidenceError` for anything that mlgate did not write exactly so."""
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenEvidenceError(f"{source}: not JSON (truncated?): {error}") from error
    if not isinstance(plain, dict) or "schema" not in plain:
        raise BrokenEvidenceError(f"{source}: JSON, but not evidence of mlgate (no `schema`)")
    if plain["schema"] != SCHEMA:
        raise BrokenEvidenceError(f"{source}: evidence of schema {plain['schema']!r}; this mlgate reads schema {SCHEMA}")
    stated = plain.pop("digest", None)
    if stated != digest(plain):
        raise BrokenEvidenceError(f"{source}: the digest does not match the content: the file was edited or cut")
    try:
        return from_plain(Evidence, {name: plain[name] for name in _FACTS})
    except (TypeError, KeyError, ValueError) as error:
        raise BrokenEvidenceError(f"{source}: evidence with missing or unknown fields: {error}") from error
