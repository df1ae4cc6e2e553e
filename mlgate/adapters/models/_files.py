"""The bytes of a model file, and what is said where there are none."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlgate.core.errors import MeasurementError


def model_bytes(path: Path) -> bytes:
    """The whole file. Raises `MeasurementError` (cause model), marked as missing where there is no such file."""
    try:
        return path.read_bytes()
    except OSError as error:
        reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        raise MeasurementError(
            f"model file {path} {reason}",
            cause="model",
            fix="make the model first, or correct `artifact`; paths are relative to the gate file",
            missing=isinstance(error, FileNotFoundError),
        ) from error


def short_digest(content: bytes) -> str:
    """`sha256:` and the first 16 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(content).hexdigest()[:16]}"
