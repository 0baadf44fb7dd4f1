"""The compiled, immutable form of one release, and how it is compiled and compared."""
