"""Reports: one statement each, under the reader's access; every number leads to its records."""
