"""The types a field can have: one file each, found through the registry."""
