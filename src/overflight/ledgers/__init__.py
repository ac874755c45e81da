"""One module per public question; they never import each other."""
