"""How many spans lie between two dates, as a text of the expression language: for filters over several cohorts."""

from __future__ import annotations


def age_of(every: str, later: str, earlier: str, fiscal: int) -> str:
    """The number of days, weeks, months … from the one in which `earlier` lies to that of `later`; paths of dates or
    moments. Fiscal years begin in the month `fiscal`."""
    return f"({_number(every, later, fiscal)} - {_number(every, earlier, fiscal)})"


def _number(every: str, path: str, fiscal: int) -> str:
    """The span's number, by itself without meaning."""
    if every == "week":
        return f"((DATEVALUE({path}) - DATE(2001, 1, 1) - MOD(WEEKDAY({path}) + 5, 7)) / 7)"
    if every == "day":
        return f"(DATEVALUE({path}) - DATE(2001, 1, 1))"
    moved = f"ADDMONTHS({path}, -{fiscal - 1})" if every.startswith("fiscal_") and fiscal > 1 else path
    unit = every.removeprefix("fiscal_")
    if unit == "year":
        return f"YEAR({moved})"
    return f"(YEAR({moved}) * {4 if unit == 'quarter' else 12} + {unit.upper()}({moved}))"
