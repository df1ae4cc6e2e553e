import pytest

MARK = "validity"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The long simulations run only where asked for by name (`-m validity`); the fast ones always."""
    if MARK in config.option.markexpr:
        return
    long = [item for item in items if item.get_closest_marker(MARK)]
    if long:
        items[:] = [item for item in items if not item.get_closest_marker(MARK)]
        config.hook.pytest_deselected(items=long)
