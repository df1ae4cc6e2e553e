"""Both digests of a gate's datasets, for writing them into the gate file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from secrets import token_bytes
from typing import TypeVar

from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Gate
from mlgate.core.ports import Progress
from mlgate.run.masking import Mask, strictest
from mlgate.run.measure import Measurement

T = TypeVar("T")


@dataclass(frozen=True)
class Digests:
    """The digests of one dataset: over the bytes of its files (None where it has none) and over its content, or the errors that stopped them."""

    dataset: str
    content: str | MeasurementError
    bytes: str | MeasurementError | None = None


def digests(gate: Gate, names: Sequence[str], *, progress: Progress | None = None) -> Iterator[Digests]:
    """The digests of the named datasets, whatever digests the gate file states now. Each dataset is read through once for each digest."""
    mask = strictest(gate, token_bytes(16))  # an error may quote a value
    unlocked = replace(gate, datasets={name: dataset.model_copy(update={"digest": None}) for name, dataset in gate.datasets.items()})
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder, Measurement(unlocked, Path(folder), progress or (lambda _: None)) as measurement:
        for name in names:
            schema = measurement.schema(name)
            if isinstance(schema, MeasurementError):
                yield Digests(name, _told(schema, mask))
            else:
                yield Digests(name, _told(measurement.content_digest(name), mask), _told(measurement.bytes_digest(name), mask))


def _told(found: T, mask: Mask) -> T | MeasurementError:
    if not isinstance(found, MeasurementError):
        return found
    return MeasurementError(mask.text(found.what), cause=found.cause, fix=mask.text(found.fix))
