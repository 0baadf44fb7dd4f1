"""Who is asked: the rules that find people, those who stand in for others, and why."""
