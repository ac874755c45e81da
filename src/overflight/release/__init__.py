"""Things people can open: words, tables, one HTML file, hashes."""
