"""Stages of records: how long they stayed, what was ticked, what an approval let through."""
