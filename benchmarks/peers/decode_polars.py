# /// script
# dependencies = ["polars==2.1.0"]
# ///
"""The floor in polars: streams every column and sums it."""

from __future__ import annotations

import polars as pl
import polars.selectors as cs
from protocol import Answers, answer


def work(orders: str, reference: str, answers: Answers) -> None:
    pl.scan_parquet(orders).select((cs.numeric() | cs.boolean()).sum(), cs.string().str.len_bytes().sum(), cs.temporal().to_physical().sum()).collect(
        engine="streaming"
    )


if __name__ == "__main__":
    answer(("polars",), work)
