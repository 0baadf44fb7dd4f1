"""What the tables of people have gained since tenants were first made; the tables are the tenants package's own."""

from dougong_tenants.people.tables import LATER as STATEMENTS

__all__ = ["STATEMENTS"]
