"""YAML 1.2 core schema with places, and nothing that a hostile file could do."""

from __future__ import annotations

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.core.errors import GateFileError
from mlgate.gatefile.yaml_tree import read


def value_of(text: str) -> Any:
    tree = read(f"a: {text}".encode(), "x")
    assert not tree.faults
    return tree.value["a"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1e-3", 0.001),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0.5E+2", -50.0),
        ("0o17", 15),
        ("0x1F", 31),
        ("012", 12),
        ("-7", -7),
        ("+7", 7),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("no", "no"),
        ("NO", "NO"),
        ("on", "on"),
        ("off", "off"),
        ("yes", "yes"),
        ("y", "y"),
        ("tRUE", "tRUE"),
        ("2026-12-31", "2026-12-31"),
        ("2026-12-31T10:00:00Z", "2026-12-31T10:00:00Z"),
        ("1:30", "1:30"),
        ("190:20:30", "190:20:30"),
        ("1_000", "1_000"),
        ("0b11", "0b11"),
        ("'5'", "5"),
        ('"true"', "true"),
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!float 5", 5.0),
        ("=", "="),
        ("5%", "5%"),
        ("٣", "٣"),
    ],
)
def test_a_plain_scalar_means_what_yaml_1_2_says(text: str, expected: object) -> None:
    found = value_of(text)
    assert found == expected
    assert type(found) is type(expected)


def test_nan_is_read() -> None:
    assert math.isnan(value_of(".nan"))


def test_every_key_and_value_has_its_place() -> None:
    tree = read(b"mlgate: 1\nchecks:\n  - id: a\n    rows: {at_least: [1, 2]}\n", "x")
    assert tree.keys["checks", 0, "rows", "at_least"] == (4, 12)
    assert tree.values["checks", 0, "rows", "at_least", 1] == (4, 26)
    assert tree.values["checks", 0] == (3, 5)
    assert tree.place(("checks", 0, "rows", "gone", 5)) == (4, 11)
    assert tree.place((), key=True) == (1, 1)


def test_a_byte_order_mark_moves_no_place() -> None:
    assert read(b"\xef\xbb\xbfa: 1\n", "x").values["a",] == (1, 4)


def test_merge_keys_fill_in_what_a_mapping_does_not_say_itself() -> None:
    text = b"a: &a {x: 1, y: 1}\nb: &b {<<: *a, y: 2, z: 2}\nc: {z: 3, <<: [*b, {w: 4, x: 9}]}\nd: {'<<': 5}\n"
    tree = read(text, "x")
    assert not tree.faults
    assert tree.value["b"] == {"y": 2, "z": 2, "x": 1}
    assert tree.value["c"] == {"z": 3, "y": 2, "x": 1, "w": 4}
    assert tree.value["d"] == {"<<": 5}
    assert tree.values["c", "x"] == (1, 11)  # where it is written


def test_an_alias_gives_equal_data_that_is_not_shared() -> None:
    value = read(b"a: &a [1]\nb: *a\n", "x").value
    value["a"].append(2)
    assert value["b"] == [1]


def test_a_duplicate_key_keeps_the_first_value_and_names_its_line() -> None:
    tree = read(b"a: 1\nb: 2\na: 3\n", "gates/x.gate.yaml")
    assert tree.value == {"a": 1, "b": 2}
    assert str(tree.faults[0]).splitlines()[0] == "gates/x.gate.yaml:3:1: duplicate key 'a' (first at line 1)"


def test_two_spellings_of_one_number_are_one_key() -> None:
    assert len(read(b"q: {0.5: a, 0.50: b}", "x").faults) == 1


def nested_aliases(width: int) -> bytes:
    lines = [b"k0: &k0 [" + b",".join([b"x"] * width) + b"]"]
    lines += [b"k%d: &k%d [%s]" % (i, i, b",".join([b"*k%d" % (i - 1)] * width)) for i in range(1, 40)]
    return b"\n".join(lines)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (nested_aliases(9), "aliases expand to more than"),
        (
            b"k0: &k0 {x: 1}\n" + b"\n".join(b"k%d: &k%d {<<: [*k%d, *k%d]}" % (i, i, i - 1, i - 1) for i in range(1, 45)),
            "aliases expand to more than",
        ),
        (b"k0: &k0 [x]\n" + b"\n".join(b"k%d: &k%d [*k%d]" % (i, i, i - 1) for i in range(1, 2000)), "nested deeper"),
        (b"k0: &k0 {x: 1}\n" + b"\n".join(b"k%d: &k%d {<<: *k%d}" % (i, i, i - 1) for i in range(1, 2000)), "nested deeper"),
        (b"a: &a '" + b"x" * 100_000 + b"'\nb: [" + b"*a," * 10_000 + b"]", "aliases expand to more than"),
        (b"[" * 100_000, "nested deeper"),
        (b"- " * 100_000, "nested deeper"),
        (b"a: [" + b"x," * 110_000 + b"]", "more than 100,000 values"),
        (b"#" * 2_000_001, "too large"),
        (b"a: \xff", "not UTF-8"),
        ("mlgate: 1".encode("utf-16"), "not UTF-8"),
        (b"a: b\0c", "NUL byte"),
        (b"a: \x07", "a character that YAML does not allow"),
        (b'a: "\\UFFFFFFFF"', "names no character"),
        (b"", "empty"),
        (b"# only a comment\n", "empty"),
    ],
    ids=range(16),
)
def test_a_hostile_file_is_a_fault_and_not_a_hang(content: bytes, says: str) -> None:
    with pytest.raises(GateFileError, match=says):
        read(content, "x")


def test_a_number_with_too_many_digits_is_a_fault() -> None:
    assert "too many digits" in str(read(b"a: " + b"9" * 10_000, "x").faults[0])


PIECES = st.sampled_from(
    [
        *"a[]{},\"'#\t\\@`~%",
        ": ",
        "- ",
        "\n",
        "  ",
        "&a ",
        "*a",
        "<<: ",
        "? ",
        "!!str ",
        "!x ",
        "---\n",
        "...\n",
        "|\n",
        ">-\n",
        "1e3",
        "0o9",
        "!<",
        "%YAML 1.1\n",
    ]
)


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode), st.lists(PIECES, max_size=25).map("".join).map(str.encode)))
@settings(deadline=None, max_examples=300)
def test_no_bytes_raise_anything_but_a_gate_file_error(content: bytes) -> None:
    with contextlib.suppress(GateFileError):
        assert () in read(content, "x").values
