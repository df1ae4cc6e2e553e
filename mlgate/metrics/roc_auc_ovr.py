"""ROC AUC of several classes, each against all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mlgate.metrics._one_vs_rest import OneVsRest

if TYPE_CHECKING:
    from numpy.typing import NDArray


class RocAucOvr(OneVsRest):
    """The area under the ROC curve of each class against all others, averaged over the classes, in [0, 1], higher is better.

    roc_auc_ovr = mean over classes of AUC(score_<class>, label = class) (Fawcett 2006, doi:10.1016/j.patrec.2005.10.010), scikit-learn's
    `roc_auc_score(multi_class="ovr")` (checked to 1e-12); any scores that order rows will do. Every class that the model scores needs rows.
    Uncertainty: the sum over classes of placement values (DeLong, DeLong and Clarke-Pearson 1988, doi:10.2307/2531595), so that the areas'
    covariance counts. Coverage is nominal where every class has 25 rows; with fewer of any class a PASS is not granted.
    """

    def shares(self, label_mass: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(label_mass.size, 1 / label_mass.size)

    def share_influence(self, areas: NDArray[np.float64], average: float, column: NDArray[np.intp]) -> NDArray[np.float64]:
        return np.zeros(column.size)
