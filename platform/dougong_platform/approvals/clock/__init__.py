"""What happens to a running approval by itself: time limits, and people who leave."""
