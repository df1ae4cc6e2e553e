"""Whether what a run reads stays as it was: a file that changes under the scan gives numbers that never belonged together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mlgate.core.errors import MeasurementError
from mlgate.core.request import Probe, Request

_FIX = "run again when nothing writes to it; let writers put a new file in place of the old one before the run, or read a copy"


class Steady:
    """Fingerprints of datasets and models, taken when they are opened and taken again after each scan."""

    def __init__(self) -> None:
        self._watched: dict[str, tuple[str, Callable[[], str]]] = {}

    def watch(self, name: str, fingerprint: Callable[[], str]) -> str:
        """The fingerprint of a dataset or model as it is opened."""
        first = fingerprint()
        self._watched[name] = (first, fingerprint)
        return first

    def spoiled(self, requests: Iterable[Request]) -> dict[Request, MeasurementError]:
        """The requests that read something that has changed, each with its error."""
        changed = dict(self._changed())
        found = {}
        for request in requests if changed else ():
            views = [rows.view for rows in request.inputs] if isinstance(request, Probe) else [request.view]
            for name in (name for view in views for name in (view.dataset, view.joined, view.model, view.baseline)):
                if name in changed:
                    found[request] = changed[name]
        return found

    def _changed(self) -> Iterator[tuple[str, MeasurementError]]:
        for name, (first, fingerprint) in self._watched.items():
            try:
                now = fingerprint()
            except (OSError, MeasurementError) as error:
                now = f"gone ({error})"
            if now != first:
                what = f"{name}: file changed while it was read: {first} when it was opened, {now} after the scan"
                yield name, MeasurementError(what, cause="infrastructure", fix=_FIX)
