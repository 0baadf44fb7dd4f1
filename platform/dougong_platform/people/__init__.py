"""The API over people: users, departments, teams, their permission sets, tokens and sessions."""
