"""Imports: a file of rows becomes records, with a mapping of columns and of values, a trial run, progress and undo.

What is stored: `_import` (one row a file), `_import_batch` (5,000 rows each, with its done-mark), `_import_error`.
What flows: file → reading (rows of text) → mapping (columns and values to fields) → records' write path, one
transaction a batch.
"""
