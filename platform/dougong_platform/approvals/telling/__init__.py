"""Whom an approval is told to, and how they get there."""
