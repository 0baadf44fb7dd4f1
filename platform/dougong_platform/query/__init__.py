"""Reads: one object, lists, aggregates and the change feed. One SQL statement each, compiled once per shape."""
