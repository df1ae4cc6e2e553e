"""Error rates of simulations, judged with their Monte Carlo error; seeds are fixed, so that a test gives one result."""

import math

import pytest


def draws(fast: int, full: int):
    """Parametrizes a test by its number of simulated samples: a few always, many under `-m validity`."""
    return pytest.mark.parametrize("n_draws", [pytest.param(fast, id="fast"), pytest.param(full, id="full", marks=pytest.mark.validity)])


def monte_carlo_error(level: float, n_draws: int) -> float:
    return math.sqrt(level * (1 - level) / n_draws)


def assert_at_most(rate: float, level: float, n_draws: int, *, slack: float = 0.0) -> None:
    """An error happens no more often than stated (four Monte Carlo standard errors, and `slack` where the method itself is approximate)."""
    assert rate <= level + 4 * monte_carlo_error(level, n_draws) + slack


def assert_about(rate: float, level: float, n_draws: int, *, slack: float = 0.0) -> None:
    """An error happens as often as stated (four Monte Carlo standard errors, and `slack` where the method itself is approximate)."""
    assert abs(rate - level) <= 4 * monte_carlo_error(level, n_draws) + slack
