"""Pages of end users: one file or folder per page, each with a `blueprint` that face.register finds."""
