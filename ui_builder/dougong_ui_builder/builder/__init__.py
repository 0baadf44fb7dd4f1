"""Pages of administrators: a file or folder per kind or designer, each with a `blueprint` that face.register finds."""
