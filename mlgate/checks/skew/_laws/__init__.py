"""Laws that a preprocessing callable may keep: one class a file, its name that of the file. Nothing is listed anywhere."""
