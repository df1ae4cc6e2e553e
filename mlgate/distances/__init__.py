"""The distances: one file each, found by file name."""
