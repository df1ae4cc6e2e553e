"""Stands here so that tests can `import samples` from this folder."""
