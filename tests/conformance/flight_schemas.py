"""The schema that the example of the kind `pandera` names, where a project would have it."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # pandera imports whatever other frame libraries are installed
    import pandera.pandas as pa

Flights = pa.DataFrameSchema({"row_id": pa.Column(int, pa.Check.ge(0), unique=True)})
