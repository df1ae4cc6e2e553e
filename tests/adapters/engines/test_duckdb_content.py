"""The digest over a table's content: what may not change it, what must, and that it is what core/content.py says."""

import datetime
import decimal
import hashlib
import json
import math
import struct

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from asking import Asking
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlgate.adapters.sources.files import Files
from mlgate.core.content import content_digest
from mlgate.core.errors import MeasurementError
from mlgate.core.gate import Dataset

UTC = datetime.UTC
TABLE = pa.table(
    {
        "id": [3, 1, 2, 4],
        "x": [0.1, None, -0.0, 1e300],
        "name": ["a,b", "", None, "é\n"],
        "day": [datetime.date(2026, 1, 31), None, datetime.date(1969, 12, 31), datetime.date(2026, 1, 31)],
        "at": pa.array(
            [datetime.datetime(2026, 1, 1, 12, 0, 0, 5), None, datetime.datetime(1960, 1, 1), datetime.datetime(2026, 1, 1)], pa.timestamp("us")
        ),
        "ok": [True, False, None, True],
    }
)


def digest(asking, frame, name="t"):
    schema = asking.open(name, frame)
    return content_digest(schema, asking.engine.content(name))


def digest_of_path(asking, path, name="p"):
    dataset = Dataset(path=str(path))
    schema = asking.engine.open(name, dataset, Files().open(dataset))
    return content_digest(schema, asking.engine.content(name))


def by_hand(columns):
    """The digest made in Python from the text of core/content.py, for integers, floats, strings and booleans: name -> (class, values)."""

    def encoded(class_, value):
        if value is None or (isinstance(value, float) and math.isnan(value)):
            return "-"
        if class_ == "string":
            return f"s{len(value)}:{value}"
        if class_ == "boolean":
            return f"b{str(value).lower()},"
        if isinstance(value, float) and not (math.isfinite(value) and value == int(value) and abs(value) < 2.0**63):
            return f"nf{struct.pack('>d', value).hex().upper()},"
        return f"n{int(value)},"

    names = sorted(columns)
    rows = list(zip(*(columns[name][1] for name in names), strict=True))
    sums = [0, 0]
    for row in rows:
        text = "".join(encoded(columns[name][0], value) for name, value in zip(names, row, strict=True))
        made = hashlib.md5(text.encode()).digest()
        sums = [(total + int.from_bytes(half, "big")) % 2**64 for total, half in zip(sums, (made[:8], made[8:]), strict=True)]
    classes = [[name, columns[name][0] if any(encoded(columns[name][0], value) != "-" for value in columns[name][1]) else "null"] for name in names]
    text = json.dumps(["mlgate content 1", len(rows), *sums, classes], separators=(",", ":"))
    return f"content:{hashlib.sha256(text.encode()).hexdigest()}"


CELLS = st.fixed_dictionaries(
    {
        "i": st.none() | st.integers(-(2**63), 2**63 - 1),
        "x": st.none() | st.floats(width=64),
        "s": st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8),
        "b": st.none() | st.booleans(),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(CELLS, max_size=5))
def test_it_is_what_its_description_says(tmp_path, rows):
    asking = Asking(tmp_path)
    types = {"i": ("number", pa.int64()), "x": ("number", pa.float64()), "s": ("string", pa.string()), "b": ("boolean", pa.bool_())}
    frame = pa.table({name: pa.array([row[name] for row in rows], kind) for name, (_, kind) in types.items()})
    assert digest(asking, frame) == by_hand({name: (class_, [row[name] for row in rows]) for name, (class_, _) in types.items()})
    asking.engine.close()


def test_files_row_groups_compression_order_and_containers_do_not_change_it(asking, tmp_path):
    expected = digest(asking, TABLE)
    shuffled = TABLE.take([2, 0, 3, 1]).select(["ok", "name", "at", "id", "x", "day"])
    pq.write_table(shuffled, tmp_path / "one.parquet", row_group_size=1, compression="zstd")
    (tmp_path / "many").mkdir()
    for number in range(4):
        pq.write_table(TABLE.slice(number, 1), tmp_path / "many" / f"{number}.parquet", compression="none")
    assert digest_of_path(asking, tmp_path / "one.parquet", "one") == expected
    assert digest_of_path(asking, tmp_path / "many", "many") == expected
    assert digest(asking, shuffled, "arrow") == expected
    assert digest(asking, pl.from_arrow(TABLE), "polars") == expected


def test_pandas_that_makes_floats_of_integers_with_nulls_has_the_same_content(asking):
    arrow = pa.table({"n": pa.array([1, None, 3]), "at": pa.array([datetime.datetime(2026, 1, 1, tzinfo=UTC)] * 3, pa.timestamp("ns", "UTC"))})
    frame = arrow.to_pandas()
    assert frame["n"].dtype == np.float64
    assert digest(asking, frame, "pandas") == digest(asking, arrow, "arrow")


def test_csv_has_the_same_content_where_its_types_can_say_it(asking, tmp_path):
    table = pa.table({"i": [1, 2, 3], "x": [0.1, 2.0, 1e-9], "s": ["a", "b,c", 'd"e'], "d": [datetime.date(2026, 1, day) for day in (1, 2, 3)]})
    pa.csv.write_csv(table, tmp_path / "t.csv")
    assert digest_of_path(asking, tmp_path / "t.csv") == digest(asking, table)


def changed(name, values):
    return TABLE.set_column(TABLE.schema.get_field_index(name), name, values)


@pytest.mark.parametrize(
    "other",
    [
        changed("x", pa.array([0.1 + 2**-55, None, -0.0, 1e300])),
        changed("id", pa.array([3, 1, 2, 5])),
        changed("id", pa.array(["3", "1", "2", "4"])),
        changed("name", pa.array(["a,b", "", "", "é\n"])),
        changed("name", pa.array(["a,b", None, None, "é\n"])),
        changed("at", pa.array([*TABLE["at"].to_pylist()[:3], datetime.datetime(2026, 1, 1, 0, 0, 0, 1)], pa.timestamp("us"))),
        changed("day", TABLE["at"]),
        TABLE.slice(1),
        pa.concat_tables([TABLE, TABLE.slice(0, 1)]),
        TABLE.rename_columns(["id", "x", "name", "day", "at", "fine"]),
        TABLE.rename_columns(["x", "id", "name", "day", "at", "ok"]),
        TABLE.drop_columns(["ok"]),
        TABLE.append_column("more", pa.array([None] * 4, pa.string())),
    ],
    ids=[
        *("a float by one bit", "an integer", "text for integers", "empty for null", "null for empty", "a microsecond", "times for dates"),
        *("a row less", "a row twice", "a renamed column", "swapped names", "a column less", "a column more"),
    ],
)
def test_any_change_of_the_content_changes_it(asking, other):
    assert digest(asking, other, "other") != digest(asking, TABLE, "t")


def test_values_swapped_between_columns_or_rows_change_it(asking):
    one = digest(asking, pa.table({"a": ["x", "y"], "b": ["y", "x"]}), "one")
    assert digest(asking, pa.table({"a": ["y", "y"], "b": ["x", "x"]}), "two") != one
    assert digest(asking, pa.table({"a": ["x", "y"], "b": ["x", "y"]}), "three") != one
    assert digest(asking, pa.table({"a": ["xy", ""], "b": ["", "xy"]}), "four") != one


def test_zones_units_and_scales_are_ways_to_write_one_value(asking):
    naive = datetime.datetime(2026, 1, 1, 12)
    ways = [pa.array([naive], pa.timestamp(unit)) for unit in ("s", "ms", "us", "ns")]
    ways.append(pa.array([naive.replace(tzinfo=UTC)], pa.timestamp("us", "Europe/Berlin")))
    assert len({digest(asking, pa.table({"t": way}), f"t{number}") for number, way in enumerate(ways)}) == 1
    scales = [pa.array([decimal.Decimal("-1.5"), decimal.Decimal(100)], pa.decimal128(20, scale)) for scale in (1, 2, 9)]
    assert len({digest(asking, pa.table({"t": way}), f"d{number}") for number, way in enumerate(scales)}) == 1
    nanosecond = pa.array([naive], pa.timestamp("ns")).cast(pa.int64()).to_pylist()[0] + 1
    assert digest(asking, pa.table({"t": pa.array([nanosecond], pa.timestamp("ns"))}), "fine") != digest(asking, pa.table({"t": ways[3]}), "whole")


def test_lists_and_structs_have_their_own_content(asking):
    kinds = pa.list_(pa.struct([("b", pa.int64()), ("a", pa.string())]))
    rows = [[{"b": 1, "a": "x"}, None], [], None]
    one = digest(asking, pa.table({"v": pa.array(rows, kinds)}), "one")
    assert digest(asking, pa.table({"v": pa.array(rows[::-1], kinds)}), "two") == one
    for number, other in enumerate(
        ([[{"b": 1, "a": "x"}], [], None], [[{"b": 1, "a": None}, None], [], None], [[{"b": 1, "a": "x"}, None], None, None])
    ):
        assert digest(asking, pa.table({"v": pa.array(other, kinds)}), f"o{number}") != one


def test_a_column_without_values_and_a_table_without_rows_have_a_digest(asking):
    assert digest(asking, pd.DataFrame({"a": [1], "n": [None]}), "pandas") == digest(
        asking, pa.table({"a": [1], "n": pa.array([None], pa.string())}), "arrow"
    )
    empty = pa.table({"a": pa.array([], pa.int64())})
    assert digest(asking, empty, "empty") == digest(asking, empty, "again") != digest(asking, pa.table({"b": pa.array([], pa.int64())}), "other")


def test_a_type_without_an_encoding_is_an_error_that_names_the_column(asking):
    asking.open("t", pa.table({"m": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))}))
    with pytest.raises(MeasurementError, match="column 'm' of type MAP") as caught:
        asking.engine.content("t")
    assert caught.value.cause == "configuration"
