"""Which types of a .skops file may be built without being listed by a person."""

from __future__ import annotations

import importlib
from collections.abc import Iterable

# Names below these prefixes are parts of fitted estimators. A name is not enough: what it resolves to must live there too, because any
# module re-exports others (`sklearn.utils.fixes` has held functions of joblib and urllib).
_CLASSES = ("sklearn.", "numpy.random.", "numpy.dtypes.", "scipy.sparse.", "scipy.interpolate.", "scipy.stats.")
_NEVER = ("sklearn.datasets.", "sklearn.externals.", "sklearn.utils._testing.")  # these download or write files
# Functions are called while predicting, with arguments of the file's choosing: only those that compute (`export_graphviz` would write).
_FUNCTIONS = ("sklearn.utils.validation.", "sklearn.metrics.", "sklearn.feature_selection.")
_HARMLESS = frozenset({"numpy.dtype", "functools.partial"})  # the function a partial holds is reported, and judged, on its own


def refused(names: Iterable[str]) -> tuple[str, ...]:
    """The names of `skops.io.get_untrusted_types` that are not plain parts of scikit-learn, numpy or scipy, sorted."""
    return tuple(sorted(name for name in names if not _known(name)))


def _known(name: str) -> bool:
    if name in _HARMLESS:
        return True
    module_name, _, attribute = name.rpartition(".")
    if not name.startswith(_CLASSES) or name.startswith(_NEVER):
        return False
    try:
        found = getattr(importlib.import_module(module_name), attribute)
    except (ImportError, AttributeError):
        return False
    home = f"{getattr(found, '__module__', None)}."
    if isinstance(found, type):
        return home.startswith(_CLASSES) and not home.startswith(_NEVER)
    return callable(found) and home.startswith(_FUNCTIONS) and name.startswith(_FUNCTIONS)
