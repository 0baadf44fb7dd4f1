"""Grouped numbers: a question in texts becomes one statement under the reader's access. Asked by reports and by
POST /api/v1/query."""

from dougong_platform.reports.grouped.question import By, Compared, Number, Question

__all__ = ["By", "Compared", "Number", "Question"]
