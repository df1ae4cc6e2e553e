"""Makes the table that the benchmarks check: 20 columns, the same bytes of values for one number of rows, and what `checks.py` says is planted.

    python benchmarks/make_data.py FOLDER --rows 1000000 [--csv]

Random numbers are bits of md5 over the row's number, so that they do not depend on a library's generator. Needs duckdb alone.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from checks import CHANNELS, COUNTRIES

REFERENCE_ROWS = 100_000
ROW_GROUP = 122_880
_SPAN_US = 31 * 86_400 * 1_000_000  # January 2026


def _uniforms(salt: str) -> str:
    """Fourteen columns of uniform numbers in (0, 1), u0 to u13, two from each hash."""
    hashes = ", ".join(f"md5_number_lower(i || '{salt}{number}') as h{number}" for number in range(7))
    halves = ", ".join(
        f"((h{number} & 4294967295) + 0.5) / 4294967296.0 as u{2 * number}, ((h{number} >> 32) + 0.5) / 4294967296.0 as u{2 * number + 1}"
        for number in range(7)
    )
    return f"select i, {halves} from (select i, {hashes} from range(ROWS) as numbers(i))"


def _planted(count: int, good: str, bad: str, *, planted: bool) -> str:
    """`bad` in `count` rows spread over the table, `good` elsewhere."""
    return f"case when i % (ROWS // {count}) = ROWS // {3 * count} and i < ROWS // {count} * {count} then {bad} else {good} end" if planted else good


def statement(rows: int, *, salt: str, planted: bool) -> str:
    """The select of the table."""
    countries = "[" + ", ".join(f"'{one}'" for one in COUNTRIES) + "]"
    web, app, store, phone, partner = CHANNELS
    shares = ((0.45, web), (0.75, app), (0.9, store), (0.97, phone))
    cases = " ".join(f"when u8 < {up_to} then '{one}'" for up_to, one in shares)
    channel = f"case {cases} else '{partner}' end"
    normal, other = "sqrt(-2 * ln(u0)) * cos(2 * pi() * u1)", "sqrt(-2 * ln(u0)) * sin(2 * pi() * u1)"
    created = f"make_timestamp({1_767_225_600 * 10**6} + cast(i as bigint) * {_SPAN_US // rows})"
    later = f"{created} + to_seconds(cast(3600 + 255600 * u2 as bigint))"
    age = f"cast(least(90, greatest(18, round(42 + 13 * {other}))) as int)"
    letters = "chr(cast(97 + floor(26 * u5) as int)) || chr(cast(97 + floor(26 * u6) as int))"
    email = "'user' || cast(floor(1e6 * u12) as int) || '@example.' || case when u13 < 0.7 then 'com' else 'org' end"
    text = f"""
select lpad(hex(cast(i as bigint) * 163456789013 % {2**40}), 10, '0') as order_id,
       1 + cast(floor(u12 * 999999) as bigint) as customer_id,
       {letters} || '-' || lpad(cast(cast(floor(1e6 * u7) as int) as varchar), 6, '0') as session,
       {created} as created_at,
       case when u3 >= 0.03 then {_planted(11, later, f"{created} - interval 1 minute", planted=planted)} end as shipped_at,
       case when u4 >= 0.01 then price end as amount,
       rebate as discount,
       vat as tax,
       case when u4 >= 0.01 then round(price - rebate + vat, 2) end as total,
       cast(least(100, 1 + floor(-6 * ln(u5))) as int) as quantity,
       case when u13 >= 0.02 then round(-2 * ln(u6) - 2 * ln(u7), 3) end as weight_kg,
       case when channel = '{store}' then 0.0 else round(-{200 if planted else 120} * ln(u9), 2) end as distance_km,
       u10 as score,
       case when u11 >= 0.05 then {_planted(5, age, "117", planted=planted)} end as age,
       {_planted(7, f"{countries}[1 + cast(floor(50 * u2 * u2) as int)]", "'XX'", planted=planted)} as country,
       channel,
       'P' || lpad(cast(cast(floor(200 * pow(u3, 1.5)) as int) as varchar), 3, '0') as product,
       case when u11 < 0.97 then {_planted(9, email, "'nobody.example.com'", planted=planted)} end as email,
       u10 >= 0.25 and u9 < 0.5 as is_member,
       case when u12 < 0.04 then null when u12 < 0.08 then 'nan'::double else 1 + round(40 * u13) / 10 end as rating
from (select *, case when u2 < 0.3 then 0.0 else round(price * 0.5 * (u2 - 0.3), 2) end as rebate, round(price * 0.19 * (0.5 + u3 / 2), 2) as vat,
             {channel} as channel
      from (select *, round(exp(3.5 + 0.8 * {normal}), 2) as price from ({_uniforms(salt)})))
"""
    return text.replace("ROWS", str(rows))


def make(folder: Path, rows: int, *, csv: bool = False) -> Path:
    """The file of so many rows; made only where it is not there yet. The reference lies beside it as `reference.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "reference.parquet", statement(REFERENCE_ROWS, salt="r", planted=False))
    target = folder / f"orders-{rows}.{'csv' if csv else 'parquet'}"
    _write(target, statement(rows, salt="c", planted=True))
    return target


def _write(target: Path, sql: str) -> None:
    if target.exists():
        return
    import duckdb

    scratch = target.with_name(f"{target.name}.part")
    options = "format csv, header" if target.suffix == ".csv" else f"format parquet, compression zstd, row_group_size {ROW_GROUP}"
    with duckdb.connect() as connection:
        connection.execute("set memory_limit = '4GB'; set enable_progress_bar = false")
        connection.execute(f"copy ({sql}) to '{scratch}' ({options})")
    scratch.replace(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--csv", action="store_true")
    given = parser.parse_args()
    print(make(given.folder, given.rows, csv=given.csv))


if __name__ == "__main__":
    main()
