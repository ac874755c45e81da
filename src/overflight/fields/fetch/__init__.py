"""Fetching: the only part of overflight that touches a network, and only when asked.

A plan says first which bytes of which files a case needs; then they are fetched in ranges, can be
resumed, and are checked before they count.
"""
