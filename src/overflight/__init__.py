"""A public, reproducible account of a balloon overflight, from public evidence and the winds."""
