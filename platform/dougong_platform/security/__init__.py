"""The API over sign-in security: the policy, sessions of users, and resetting a second factor."""
