"""ROC AUC of several classes, each against all others and by its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._one_vs_rest import OneVsRest

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RocAucOvrWeighted(OneVsRest):
    """The area under the ROC curve of each class against all others, averaged by how many rows the class has, in [0, 1], higher is better.

    roc_auc_ovr_weighted = sum over classes of (rows of the class / n) * AUC(score_<class>, label = class) (Fawcett 2006,
    doi:10.1016/j.patrec.2005.10.010), scikit-learn's `roc_auc_score(multi_class="ovr", average="weighted")` (checked to 1e-12). Uncertainty: the
    sum over classes of placement values (DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595), and that class shares are estimates. With
    fewer than 25 rows of any class a PASS is not granted.
    """

    def shares(self, label_mass: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(label_mass / label_mass.sum(), dtype=np.float64)

    def share_influence(self, areas: NDArray[np.float64], average: float, column: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.asarray(areas[column] - average, dtype=np.float64)
