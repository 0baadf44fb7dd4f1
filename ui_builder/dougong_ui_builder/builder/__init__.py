"""Pages of administrators: one file or folder per kind or designer, each with a `blueprint` that face.register finds."""
