"""Lists as files for people: CSV and XLSX, under the reader's access, in his language."""
