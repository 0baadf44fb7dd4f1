"""Working hours: when a time limit is up, and how long something took."""
