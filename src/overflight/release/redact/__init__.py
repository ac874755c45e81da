"""What a release of a level withholds, and a search for it in every byte that was written."""
