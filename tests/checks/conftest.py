"""Stands here so that tests below can `import fake_engine` from this folder."""
