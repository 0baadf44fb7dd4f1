"""Permission sets as their holders feel them: two of them side by side, in words."""
