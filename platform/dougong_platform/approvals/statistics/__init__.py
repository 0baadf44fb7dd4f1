"""What a flow's past says: how many, how long, how often refused, who is waited for."""
