"""What happened to every record: written by the write path, read by timelines, audit and undo."""
