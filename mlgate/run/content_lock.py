"""The digest over a dataset's content: made by its engine, compared with the one in the gate file."""

from __future__ import annotations

from mlgate.core.content import PREFIX, content_digest
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset
from mlgate.core.ports import ContentEngine, Engine
from mlgate.core.table_schema import TableSchema


def content_digest_of(engine: Engine, schema: TableSchema) -> str:
    """The content digest of an open dataset, in one pass. Raises `MeasurementError` where its engine cannot make one."""
    if not isinstance(engine, ContentEngine):
        what = f"{schema.dataset}: the engine that reads it makes no content digest"
        raise MeasurementError(what, cause="configuration", fix="lock the bytes of the files with `sha256:`, or use `engine: duckdb`")
    return content_digest(schema, engine.content(schema.dataset))


def check_content(engine: Engine, dataset: Dataset, schema: TableSchema) -> None:
    """Raises `MeasurementError` where the gate file locks the dataset's content and it is another one."""
    if dataset.digest is None or not dataset.digest.startswith(PREFIX):
        return
    found = content_digest_of(engine, schema)
    if found != dataset.digest:
        what = f"{schema.dataset} has other content than its digest: got {found}, expected {dataset.digest}"
        raise MeasurementError(what, fix="restore the locked data, or, if the change is meant, write the new digest into the gate file")
