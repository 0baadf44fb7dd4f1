"""Values out of history's JSON as SQL: the reverse of `records.canonical`."""

from __future__ import annotations


def from_json(value: str, pg_type: str) -> str:
    """SQL for a jsonb expression as a value of a column's type; JSON's null is NULL."""
    if pg_type == "jsonb":
        return f"nullif({value}, 'null'::jsonb)"
    if pg_type.endswith("[]"):
        return (
            f"(case when jsonb_typeof({value}) = 'array' then array(select jsonb_array_elements_text({value})) end)"
            f"::{pg_type}"
        )
    return f"({value} #>> '{{}}')::{pg_type}"
