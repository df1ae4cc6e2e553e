"""The answers to all requests of a run, as a check sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Request


@dataclass(frozen=True)
class Measured:
    """Answers by request. Looking one up that failed raises its `MeasurementError`, and so turns only the asking item into ERROR."""

    answers: Mapping[Request, Any]

    def __getitem__(self, request: Request) -> Any:
        answer = self.answers[request]
        if isinstance(answer, MeasurementError):
            raise answer
        return answer
