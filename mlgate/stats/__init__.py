"""Pure inference: estimates with their intervals and p-values. numpy and scipy only; no I/O, no state, no data frames."""
