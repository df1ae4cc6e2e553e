"""Corrupters, one a file: the ways in which data and predictions go wrong in production."""
