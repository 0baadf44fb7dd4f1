"""Reads CSV, XLSX, XLS and ODS files into rows of text, whatever their encoding and delimiter. Knows no metadata."""

from dougong_platform.imports.reading.table import LIMITS, Table, open_table

__all__ = ["LIMITS", "Table", "open_table"]
