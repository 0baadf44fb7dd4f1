"""The API over grants: permission sets given to users, departments and positions, for good or for a time."""
