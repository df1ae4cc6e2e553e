"""Code that runs on rows: one file a probe."""
