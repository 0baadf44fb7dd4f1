"""Honest timings of the engine beside hand-written code for the same work; run by `make bench`, never by the tests."""
