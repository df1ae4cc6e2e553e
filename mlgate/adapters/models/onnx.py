"""ONNX models, run by ONNX Runtime on one thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.adapters.models._columns import checked
from mlgate.adapters.models._files import model_bytes, short_digest
from mlgate.adapters.models._onnx_inputs import Inputs, Slot
from mlgate.adapters.models._onnx_outputs import Outputs
from mlgate.core.errors import MeasurementError
from mlgate.core.marked import quoting
from mlgate.core.ports import Scorer

if TYPE_CHECKING:
    from mlgate.core.gate import Model


class OnnxModel:
    """Runs an .onnx file with ONNX Runtime: on the CPU, one thread, in the order of rows, so that two runs give the same bits.

    The graph has either one input of rows x columns, whose columns the gate file names in their order (`features`), or one input for each
    column, found by its name. Values are converted to the type that the input has: a graph of float32 rounds what it is given, as it
    does where it is served. `prediction` is the graph's label; `score` the probability of the second of two classes, `score_<class>` of several
    (a ZipMap names the classes; without one they are 0, 1, 2, ...). A graph with one number per row and no label is a regression:
    that number is `prediction`, or `score` under `method: predict_proba`.
    """

    marks_values = True

    def accepts(self, model: Model) -> bool:
        """True for an artifact that ends in .onnx."""
        return model.artifact is not None and Path(model.artifact).suffix.lower() == ".onnx"

    def open(self, model: Model) -> Scorer:
        """The graph, ready to run. Raises `MeasurementError` (cause model): missing, no ONNX graph, inputs that rows of a table do not fit."""
        path = Path(model.artifact or "")
        model_bytes(path)
        return _Scorer(path.name, _session(path), model)

    def fingerprint(self, model: Model) -> str:
        """The first 16 hexadecimal digits of the file's sha256."""
        return short_digest(model_bytes(Path(model.artifact or "")))


def _session(path: Path) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise MeasurementError(f"cannot run {path.name}: {error}", cause="infrastructure", fix="pip install 'mlgate[onnx]'") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.use_deterministic_compute = True
    options.log_severity_level = 4  # what goes wrong is raised, and told by the item
    try:
        # By its path and not its bytes: large graphs keep their weights in files beside them.
        return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's errors have no common class of their own
        raise MeasurementError(
            f"{path.name} does not load: {type(error).__name__}: {error}",
            cause="model",
            fix="is it a whole ONNX file, of operators that this ONNX Runtime knows?",
        ) from error


class _Scorer:
    def __init__(self, name: str, session: Any, model: Model) -> None:
        self._name, self._session = name, session
        self._inputs = Inputs(name, [Slot(one.name, one.type, tuple(one.shape)) for one in session.get_inputs()], model.features)
        self._outputs = Outputs(name, [Slot(one.name, one.type, tuple(one.shape or ())) for one in session.get_outputs()], model)

    def features(self, available: Sequence[str]) -> tuple[str, ...]:
        """The gate file's `features`, else the names of the inputs."""
        return self._inputs.columns(available)

    def score(self, frame: Any) -> Mapping[str, Any]:
        """What the graph says of the rows. Raises `MeasurementError` for rows that it cannot take and answers that it should not give."""
        fed = self._inputs.fed(frame)
        try:
            found = self._session.run(list(self._outputs.names), fed)
        except Exception as error:  # as above
            raise MeasurementError(
                f"{self._name} failed: {type(error).__name__}: {quoting(error)}", cause="model", fix="try the graph on a few rows of its dataset"
            ) from error
        return checked(self._name, self._outputs.columns(found), len(frame))
