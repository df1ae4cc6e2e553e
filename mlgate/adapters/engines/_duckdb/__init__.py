"""How DuckDB answers requests: one module per step, from opening a source to reading an answer."""
