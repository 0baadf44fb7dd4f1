"""Where records live: physical names, SQLAlchemy tables, compiled statements, and the DDL that keeps tables in step."""

from dougong_platform.storage.catalogue import PLAIN, Catalogue
from dougong_platform.storage.statements import Statement, compile_statement
from dougong_platform.storage.tables import sort_key, sorted_by_key, table, tables

__all__ = ["PLAIN", "Catalogue", "Statement", "compile_statement", "sort_key", "sorted_by_key", "table", "tables"]
