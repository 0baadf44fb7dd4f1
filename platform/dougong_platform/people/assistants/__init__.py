"""The API over assistants: who acts for whom, from when until when."""
