"""What our engine is measured against: the same work written by hand for these two tables."""
