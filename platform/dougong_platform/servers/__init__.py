"""The servers that Dougong brings along: a real PostgreSQL and a real Redis, and the processes of `dougong up`.

The command line and the test suite are the callers; the engine itself only sees two URLs.
"""
