"""Approvals: who has to agree to a record, in which order, and what follows."""
