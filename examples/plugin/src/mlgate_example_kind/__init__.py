"""An example plugin of mlgate."""
