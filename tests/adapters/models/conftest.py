"""Stands here so that tests can `import endpoints` from this folder."""
