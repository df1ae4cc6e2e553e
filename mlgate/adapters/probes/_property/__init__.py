"""The child's side of the probe `property`: batches, the callable, trials of laws, and the search."""
