"""A planted transformation is found and counted; noise is not explained."""

from __future__ import annotations

import datetime
import random
import struct

import pyarrow as pa
import pytest
from planted import compare, findings, found

N = 400
MADE = random.Random(20261125)
NUMBERS = [round(MADE.uniform(-500, 2000), 3) for _ in range(N)]
POSITIVE = [abs(number) + 1 for number in NUMBERS]
CLOCK = [100 * MADE.randrange(24) + MADE.randrange(60) for _ in range(N)]
NOON = datetime.datetime(2026, 3, 1, 12)
TIMES = [NOON + datetime.timedelta(seconds=MADE.randrange(10**7)) for _ in range(N)]
WORDS = [MADE.choice(["Émile Zola", "north  west", " Ada", "B6", "Straße"]) + str(MADE.randrange(40)) for _ in range(N)]
CARRIERS = [MADE.choice(["AA", "B6", "UA", "DL", "WN"]) for _ in range(N)]


def single(value):
    return struct.unpack("f", struct.pack("f", value))[0]


FLOATS = {
    "an offset": (lambda x: x + 2.5, "equal train.x + 2.5"),
    "a negative offset": (lambda x: x - 100, "equal train.x - 100"),
    "a factor with a name": (lambda x: x * 1.609344, "equal train.x * 1.609344 (miles -> km)"),
    "a factor the other way round": (lambda x: x / 1.609344, "(km -> miles)"),
    "a factor without a name": (lambda x: x * 1.37, "equal train.x * 1.37"),
    "a division by a round number": (lambda x: x / 7, "equal train.x / 7"),
    "another sign": (lambda x: -x, "equal train.x * -1 (the sign is turned)"),
    "degrees": (lambda x: x * 1.8 + 32, "equal train.x * 1.8 + 32 (Celsius -> Fahrenheit)"),
    "a line": (lambda x: (x - 12.5) / 3.75, "equal train.x * 0.26666666"),
    "rounding": (lambda x: round(x, 1), "equal train.x rounded to 1 digit"),
    "rounding to whole numbers": (round, "equal train.x rounded to 0 digits"),
    "32 bits": (single, "equal train.x as float32"),
}


@pytest.mark.parametrize("name", FLOATS)
def test_what_was_done_to_floats_is_found(name, tmp_path):
    change, says = FLOATS[name]
    served = [float(change(x)) for x in NUMBERS]
    count = sum(one != other for one, other in zip(served, NUMBERS, strict=True))
    (finding,) = found(tmp_path, served, NUMBERS, pa.float64())
    assert finding.startswith(f"all {count:,} mismatches ")
    assert says in finding


INTEGERS = {
    "integer division": (CLOCK, lambda x: x // 100, "equal train.x // 100"),
    "a remainder": (CLOCK, lambda x: x % 100, "equal train.x % 100"),
    "hhmm as minutes": (CLOCK, lambda x: x // 100 * 60 + x % 100, "equal train.x with hhmm turned into minutes"),
    "an offset": (CLOCK, lambda x: x + 1, "equal train.x + 1"),
    "another first day of the week": ([n % 7 for n in range(N)], lambda x: (x + 1) % 7, "equal (train.x + 1) % 7 (days of the week"),
    "another first day counted from 1": (
        [n % 7 for n in range(N)],
        lambda x: (x + 2) % 7 + 1,
        "equal (train.x + 2) % 7 + 1 (days of the week counted from another start)",
    ),
    "hours of another zone": ([MADE.randrange(24) for _ in range(N)], lambda x: (x + 5) % 24, "equal (train.x + 5) % 24 (hours"),
    "thousands": ([MADE.randrange(10**6) for _ in range(N)], lambda x: x * 1000, "equal train.x * 1,000 (km -> m, or s -> ms)"),
    "codes": ([MADE.choice([3, 5, 9, 22]) for _ in range(N)], {3: 1, 5: 0, 9: 7, 22: 2}.get, "another encoding of the categories"),
}


@pytest.mark.parametrize("name", INTEGERS)
def test_what_was_done_to_integers_is_found(name, tmp_path):
    train, change, says = INTEGERS[name]
    served = [change(x) for x in train]
    count = sum(one != other for one, other in zip(served, train, strict=True))
    (finding,) = found(tmp_path, served, train, pa.int64())
    assert finding.startswith(f"all {count:,} mismatches ")
    assert says in finding


def test_a_cut_of_fractions_is_found(tmp_path):
    (finding,) = found(tmp_path, [float(int(x)) for x in POSITIVE], POSITIVE, pa.float64())
    assert "equal train.x cut to 0 digits" in finding


HOUR = datetime.timedelta(hours=1)
MOMENTS = {
    "a time zone": (lambda t: t + HOUR, "equal train.x + 3,600 s (time zone offset of 1 h)"),
    "a zone on half an hour": (lambda t: t - 5.5 * HOUR, "equal train.x - 19,800 s (time zone offset of 5.5 h)"),
    "a delay": (lambda t: t + datetime.timedelta(seconds=7.25), "equal train.x + 7.25 s"),
    "a zone with summer time": (lambda t: t + (1 + (t.month > 3)) * HOUR, "+3,600 or +7,200 s (a time zone with daylight saving time)"),
    "the start of the day": (lambda t: t.replace(hour=0, minute=0, second=0), "equal train.x cut to the day"),
    "the start of the hour": (lambda t: t.replace(minute=0, second=0), "equal train.x cut to the hour"),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_what_was_done_to_times_is_found(name, tmp_path):
    change, says = MOMENTS[name]
    (finding,) = found(tmp_path, [change(t) for t in TIMES], TIMES, pa.timestamp("us"))
    assert finding.startswith("all ")
    assert says in finding


def test_days_and_moments_are_compared_as_moments(tmp_path):
    (finding,) = found(tmp_path, [t.date() for t in TIMES], TIMES, (pa.date32(), pa.timestamp("us")))
    assert "equal train.x cut to the day" in finding


TEXTS = {
    "case": (str.upper, "apart from upper and lower case"),
    "blanks": (lambda text: " ".join(text.split()), "apart from blanks"),
    "a cut": (lambda text: text[:3], "equal train.x cut to 3 characters"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_what_was_done_to_text_is_found(name, tmp_path):
    change, says = TEXTS[name]
    train = [word for word in WORDS if "ß" not in word]  # whose upper case is two letters
    (finding,) = found(tmp_path, [change(word) for word in train], train, pa.string())
    assert says in finding


def test_another_form_of_unicode_is_found(tmp_path):
    import unicodedata

    (finding,) = found(tmp_path, [unicodedata.normalize("NFD", f"é{n}") for n in range(N)], [f"é{n}" for n in range(N)], pa.string())
    assert finding == "all 400 mismatches equal train.x apart from the form of Unicode"


def test_numbers_that_are_written_otherwise_are_found(tmp_path):
    (finding,) = found(tmp_path, [f"{n}.0" for n in range(N)], [str(n) for n in range(N)], pa.string())
    assert finding == "all 400 mismatches are the number of train.x written otherwise"


def test_an_encoding_of_categories_is_found_with_its_codes(tmp_path):
    codes = {"AA": "American", "B6": "JetBlue", "UA": "United", "DL": "Delta", "WN": "WN"}
    (finding,) = found(tmp_path, [codes[name] for name in CARRIERS], CARRIERS, pa.string())
    assert "are another encoding of the categories: " in finding
    assert "AA -> American" in finding
    assert "(one to one over 5 levels)" in finding


def test_two_levels_that_share_a_code_are_no_encoding(tmp_path):
    codes = {"AA": "x", "B6": "x", "UA": "y", "DL": "z", "WN": "WN"}
    assert found(tmp_path, [codes[name] for name in CARRIERS], CARRIERS, pa.string()) == []


def test_booleans_that_are_turned_round_are_found(tmp_path):
    train = [n % 3 == 0 for n in range(N)]
    (finding,) = found(tmp_path, [not one for one in train], train, pa.bool_())
    assert "are another encoding of the categories: " in finding
    assert "True -> False" in finding


def test_a_fill_value_where_training_is_null_is_found(tmp_path):
    train = [None if n % 5 == 0 else float(n) for n in range(N)]
    (finding,) = found(tmp_path, [-1.0 if x is None else x for x in train], train, pa.float64())
    assert finding == "train.x is null in all 80 mismatches; served.x is -1 in all 80 of them (a fill value on one side)"


def test_a_fill_value_that_serving_lacks_is_found(tmp_path):
    served = [None if n % 5 == 0 else f"s{n}" for n in range(N)]
    (finding,) = found(tmp_path, served, ["unknown" if x is None else x for x in served], pa.string())
    assert finding == "served.x is null in all 80 mismatches; train.x is unknown in all 80 of them (a fill value on one side)"


def test_nulls_and_a_transformation_are_told_apart(tmp_path):
    train = [None if n % 5 == 0 else x for n, x in enumerate(NUMBERS)]
    nulls, rest = found(tmp_path, [0.0 if x is None else x * 1.609344 for x in train], train, pa.float64())
    assert nulls == "train.x is null in 80 of 400 mismatches; served.x is 0 in all 80 of them (a fill value on one side)"
    assert rest == "all 320 mismatches with a value on both sides equal train.x * 1.609344 (miles -> km)"


def test_two_nulls_that_count_as_mismatches_do_not_count_twice(tmp_path):
    train = [None if n % 5 == 0 else x for n, x in enumerate(NUMBERS)]
    lines = found(tmp_path, [None if x is None else x + 1 for x in train], train, pa.float64(), nulls="mismatch")
    assert lines[-1] == "all 320 mismatches with a value on both sides equal train.x + 1"


def test_a_served_column_that_is_constant_explains_nothing_and_is_called_constant(tmp_path):
    assert found(tmp_path, [7.0] * N, NUMBERS, pa.float64()) == [f"served.x is constant: 7 in all {N} rows"]
    assert found(tmp_path, [None] * N, NUMBERS, pa.float64()) == [f"served.x is null in all {N} rows"]
    assert found(tmp_path, ["-"] * N, WORDS, pa.string()) == [f"served.x is constant: - in all {N} rows"]
    assert found(tmp_path, [NOON] * N, TIMES, pa.timestamp("us")) == [f"served.x is constant: 2026-03-01 12:00:00 in all {N} rows"]


def test_a_value_that_stands_for_one_other_is_said(tmp_path):
    train = [float(n % 40) for n in range(N)]
    served = [0.0 if x == 3.0 else x for x in train]
    (finding,) = found(tmp_path, served, train, pa.float64())
    assert finding == "all 10 mismatches are 0 where train.x is 3"


def test_a_shift_by_one_row_is_found(tmp_path):
    (finding,) = found(tmp_path, [0.5, *NUMBERS[:-1]], NUMBERS, pa.float64())
    assert finding.startswith("399 of 400 mismatches equal train.x of the row before")
    assert finding.endswith("(shifted by one row in the order of id)")
    (finding,) = found(tmp_path, [*WORDS[1:], "end"], WORDS, pa.string())
    assert "equal train.x of the row after" in finding


def test_columns_that_are_swapped_are_found(tmp_path):
    train = pa.table({"id": range(N), "dep_delay": NUMBERS, "arr_delay": POSITIVE, "far": [x * 2 for x in POSITIVE]})
    served = pa.table({"id": range(N), "dep_delay": POSITIVE, "arr_delay": NUMBERS, "far": [x * 2 for x in POSITIVE]})
    verdicts = compare(tmp_path, served, train, {"columns": ["dep_delay", "arr_delay", "far"]})
    (finding,) = findings(verdicts["c.dep_delay"])
    assert finding.endswith("equal train.arr_delay, and served.arr_delay equals train.dep_delay: the two columns are swapped")


def test_a_column_that_is_read_in_place_of_another_is_found(tmp_path):
    train = pa.table({"id": range(N), "dep_delay": NUMBERS, "arr_delay": POSITIVE})
    (finding,) = findings(
        compare(tmp_path, pa.table({"id": range(N), "dep_delay": POSITIVE, "arr_delay": POSITIVE}), train, {"columns": ["dep_delay"]})["c.dep_delay"]
    )
    assert finding == "all 400 mismatches equal train.arr_delay"


def test_what_explains_most_but_not_all_says_how_many(tmp_path):
    served = [x * 1.609344 for x in NUMBERS]
    served[:8] = [x * 3 + n for n, x in enumerate(NUMBERS[:8])]
    (finding,) = found(tmp_path, served, NUMBERS, pa.float64())
    assert finding == "392 of 400 mismatches equal train.x * 1.609344 (miles -> km)"


def test_what_explains_less_than_most_is_not_said(tmp_path):
    served = [x * 1.609344 if n % 10 else x * MADE.uniform(2, 3) for n, x in enumerate(NUMBERS)]
    assert found(tmp_path, served, NUMBERS, pa.float64()) == []


NOISE = {
    "floats": ([x + MADE.gauss(0, 10) for x in NUMBERS], NUMBERS, pa.float64()),
    "other floats": ([MADE.uniform(-500, 2000) for _ in NUMBERS], NUMBERS, pa.float64()),
    "small noise": ([x * (1 + MADE.uniform(1e-7, 1e-6)) for x in NUMBERS], NUMBERS, pa.float64()),
    "32-bit floats": ([x + MADE.gauss(0, 1) for x in NUMBERS], NUMBERS, pa.float32()),
    "integers": ([MADE.randrange(10**6) for _ in NUMBERS], [MADE.randrange(10**6) for _ in NUMBERS], pa.int64()),
    "few integers": ([MADE.randrange(5) for _ in NUMBERS], [MADE.randrange(5) for _ in NUMBERS], pa.int64()),
    "days of the week": ([MADE.randrange(7) for _ in NUMBERS], [MADE.randrange(7) for _ in NUMBERS], pa.int64()),
    "booleans": ([MADE.random() < 0.5 for _ in NUMBERS], [MADE.random() < 0.5 for _ in NUMBERS], pa.bool_()),
    "categories": ([MADE.choice("abcd") for _ in NUMBERS], [MADE.choice("abcd") for _ in NUMBERS], pa.string()),
    "words": (MADE.sample(WORDS, N), WORDS, pa.string()),
    "times": ([t + datetime.timedelta(seconds=MADE.randrange(-500, 500)) for t in TIMES], TIMES, pa.timestamp("us")),
    "ids": ([f"u{MADE.randrange(10**9)}" for _ in NUMBERS], [f"u{MADE.randrange(10**9)}" for _ in NUMBERS], pa.string()),
}


@pytest.mark.parametrize("name", NOISE)
def test_noise_is_not_explained(name, tmp_path):
    served, train, kind = NOISE[name]
    assert found(tmp_path, served, train, kind) == []


def test_a_handful_of_mismatches_is_not_explained(tmp_path):
    served = [x + 1 if n < 9 else x for n, x in enumerate(NUMBERS)]
    assert found(tmp_path, served, NUMBERS, pa.float64()) == []


def test_all_columns_in_one_item_name_theirs(tmp_path):
    train = pa.table({"id": range(N), "a": NUMBERS, "b": WORDS, "c": CLOCK})
    served = pa.table({"id": range(N), "a": [x + 1 for x in NUMBERS], "b": WORDS, "c": [x // 100 for x in CLOCK]})
    lines = findings(compare(tmp_path, served, train)["c"])
    assert sorted(line.split(": ")[0] for line in lines) == ["a", "c"]
    assert any(line.endswith("equal train.c // 100") for line in lines)


def test_of_many_mismatches_a_sample_proposes_and_all_are_counted(tmp_path):
    n = 50_000
    train = [100 * (i % 24) + i % 60 for i in range(n)]
    served = [t // 100 for t in train]
    count = sum(one != other for one, other in zip(served, train, strict=True))
    (finding,) = found(tmp_path, served, train, pa.int64())
    assert finding == f"all {count:,} mismatches equal train.x // 100"


def test_a_million_levels_are_no_encoding(tmp_path):
    import pyarrow.compute as pc

    ids = pa.array(range(1_000_000))
    train = pa.table({"id": ids, "x": pc.cast(ids, pa.string())})
    served = pa.table({"id": ids, "x": pc.binary_join_element_wise("u", pc.cast(pc.add(ids, 1), pa.string()), "")})
    verdict = compare(tmp_path, served, train, {"columns": ["x"]})["c.x"]
    assert verdict.estimate is not None
    assert verdict.estimate.violations == 1_000_000
    assert findings(verdict) == []


def test_masked_values_are_not_told_by_a_finding(tmp_path):
    train = [None if n % 5 == 0 else x for n, x in enumerate(NUMBERS)]
    served = [-987.0 if x is None else x + 456.25 for x in train]
    tables = [pa.table({"id": range(N), "x": values}) for values in (served, train)]
    verdict = compare(tmp_path, *tables, {"columns": ["x"], "mask": ["x"]})["c.x"]
    lines = findings(verdict)
    assert len(lines) == 2
    assert not any("987" in line or "456" in line for line in verdict.details)
    assert "all 320 mismatches with a value on both sides equal train.x + masked:" in lines[1]


def test_nothing_is_asked_again_where_no_sample_may_be_shown(tmp_path):
    assert found(tmp_path, [x + 1 for x in NUMBERS], NUMBERS, pa.float64(), samples=0) == []


def test_an_undecided_sample_is_diagnosed_too(tmp_path):
    served = [x + 1 if n < 20 else x for n, x in enumerate(NUMBERS)]
    lines = found(tmp_path, served, NUMBERS, pa.float64(), sampled=True, mismatch_share={"at_most": 0.045})
    assert lines == ["all 20 mismatches equal train.x + 1"]
