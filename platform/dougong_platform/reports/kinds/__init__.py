"""One file per type of report: what it asks, and the records behind each of its cells."""
