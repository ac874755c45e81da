"""Readers: one module per family of formats, each from a file to pieces of canonical wind.

A reader's ``read(path, need)`` returns pieces: datasets in the shape of
:mod:`overflight.fields.canonical` that may still lack a variable (u in one file, v in another).
:mod:`overflight.fields.merge` joins them; :mod:`overflight.fields.plausible` guards the result.
Opening is I/O and short; what a file means is decided by pure functions.
"""
