"""How often a gate file blocks where nothing is wrong, and what it notices where something is."""
