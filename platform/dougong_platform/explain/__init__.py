"""What a user may see of the metadata, and why he may or may not reach a record."""
