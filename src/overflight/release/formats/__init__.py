"""A release in open formats that other programs read, each written from its file of paths.

Nothing is computed anew: a format written later is the one that would have been written at once.
"""
