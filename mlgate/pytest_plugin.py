"""The pytest plugin: files become items, verdicts become outcomes."""

from __future__ import annotations
