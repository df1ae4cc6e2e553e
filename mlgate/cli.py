"""The command `mlgate`."""

from __future__ import annotations
