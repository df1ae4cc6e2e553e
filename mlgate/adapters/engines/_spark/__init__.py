"""How Spark answers requests: one module per step, from finding a session to reading an answer.

Spark computes; what comes back passes as Arrow through DuckDB on the driver, so that both engines give the same Python values.
"""
