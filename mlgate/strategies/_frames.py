"""The strategy itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from mlgate.core.errors import MeasurementError
from mlgate.strategies._described import Table, Wanted

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy


class FrameOptions(TypedDict, total=False):
    """What `frames` takes besides the description: see there."""

    min_rows: int
    max_rows: int
    nulls: bool | None
    unseen: bool | None
    extreme: bool | None


def frames(
    *,
    columns: Mapping[str, Any] | None = None,
    like: Any = None,
    schema: Any = None,
    library: Literal["pandas", "polars", "numpy"] | None = None,
    **options: Unpack[FrameOptions],
) -> SearchStrategy[Any]:
    """Frames for a hypothesis test: rows of real data with a few cells changed, or rows that a contract or a pandera schema describes.

    Exactly one of `columns`, `like`, `schema` describes the frames:

    - `columns`: a mapping from column to its contract, in the words of the gate file's kind `columns` (`type`, `values`, `null_share`, `unique`,
      `distinct` with a list, `min`, `max`, `increasing`, `decreasing`). Words about many rows (`mean`, `quantiles`) say nothing here.
    - `like`: real rows: a pandas or polars frame, an Arrow table, a path (Parquet, CSV, JSON lines; relative to the current folder) or a
      `mlgate.Dataset`. Cells are values seen, the smallest and the greatest of them, one step beyond, zero, an unseen category.
    - `schema`: a DataFrameSchema or DataFrameModel of pandera.pandas or pandera.polars, or its name `package.module:Schema`. Every frame
      satisfies it.

    `library` is what the frames are of: `pandas`, `polars`, or `numpy` for a float array of shape (rows, columns); default: what `like` or
    `schema` is of, else pandas. They keep the types of `like` and `schema`.

    Options: `min_rows` (0) and `max_rows` (10); `nulls`, `unseen` (values that are none of the known categories) and `extreme` (the largest
    floats and integers, infinities, text of 10,000 characters): None where the description allows them, True everywhere, False nowhere. With
    None, nulls come where real rows, `null_share` or a nullable column of the schema have them, extremes where nothing bounds a column, and
    infinities not at all. Times hold hours that clocks skip or show twice, ends of years and leap days; text holds composed and decomposed,
    right-to-left, empty and look-alike text.

    Failures shrink to the fewest rows, and each to a simple real row with the fewest cells changed; the smallest is reported as code too.

    Units: rows.

    Example:
        from hypothesis import given
        from mlgate.strategies import frames

        @given(frames(columns={"delay": {"type": "float", "null_share": {"at_most": 0.1}}}))
        def test_rows_are_kept(frame):
            assert len(build(frame)) == len(frame)

    Not for: data of a realistic distribution; few values are tried often. Raises `MeasurementError` for a description that no frame satisfies.
    """
    try:
        import hypothesis  # noqa: F401  asked first, so that one message names the extra
    except ImportError as error:
        raise _told(MeasurementError("frames need hypothesis", cause="infrastructure", fix="pip install 'mlgate[properties]'")) from error
    known = {field.name for field in dataclasses.fields(Wanted)}
    if strange := sorted(options.keys() - known):
        raise TypeError(f"frames() has no option {strange[0]!r}; options are {', '.join(sorted(known))}")
    try:
        return made(_described(columns, like, schema), Wanted(**options), library)
    except MeasurementError as error:
        raise _told(error) from error.__cause__


def made(table: Table, wanted: Wanted, library: str | None = None) -> SearchStrategy[Any]:
    """The strategy for a description that is at hand. The smallest failing frame is reported as code too."""
    from hypothesis import note
    from hypothesis import strategies as st

    from mlgate.strategies._build import builder
    from mlgate.strategies._rows import drawn_rows, making_of

    making, build, valid = making_of(table, wanted), builder(table, library or table.frame_library), table.valid
    build([list(making.seeds[0])])  # what pandas and polars load when first used is not the time of a draw
    rows = drawn_rows(making)
    forced = True in (wanted.nulls, wanted.unseen, wanted.extreme)  # asks for what no frame may have that satisfies the schema
    if valid is not None and not forced:
        rows = rows.filter(lambda drawn: valid(build(drawn)))

    @st.composite
    def frame(draw: DrawFn) -> Any:
        found = build(draw(rows))
        note(_AsCode(found))
        return found

    return frame()


class _AsCode:
    """Written out only where hypothesis reports it."""

    def __init__(self, frame: Any) -> None:
        self._frame = frame

    def __repr__(self) -> str:
        from mlgate.strategies._code import as_code

        return f"@example({as_code(self._frame)})"


def _described(columns: Mapping[str, Any] | None, like: Any, schema: Any) -> Table:
    given = [name for name, value in (("columns", columns), ("like", like), ("schema", schema)) if value is not None]
    if len(given) != 1:
        what = f"frames are described by exactly one of columns, like, schema; got {' and '.join(given) or 'none'}"
        raise MeasurementError(what, cause="configuration", fix="frames(columns={'delay': {'type': 'float'}}), for example")
    if columns is not None:
        from mlgate.strategies._contract import of_contracts

        return of_contracts(columns)
    if schema is not None:
        from mlgate.strategies._schema import of_schema

        return of_schema(schema)
    from mlgate.strategies._like import of_rows

    return of_rows(like)


def _told(error: MeasurementError) -> MeasurementError:
    """With its fix in what pytest prints."""
    if error.fix:
        error.add_note(f"fix: {error.fix}")
    return error
