"""Approvals as people read them: the boxes, one approval with its course, and why it went so."""
