"""Stands here so that tests in this folder can `import drawing`."""
