"""Frames for your own hypothesis tests, made of real rows, of a contract, or of a pandera schema. Needs `mlgate[properties]`."""

from mlgate.strategies._code import as_code
from mlgate.strategies._frames import frames

__all__ = ["as_code", "frames"]
