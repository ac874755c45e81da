"""Propose claims, quotations, sightings, events and orders out of an article.

Rules, no network, no model: the same text gives the same proposals. Every proposal points at exact
characters of the text, and nothing here decides: a person accepts or refuses each
(:mod:`overflight.case.draft.enter`). Read in this order: :mod:`article` (a file becomes text),
:mod:`frames` (text becomes sentences with their quotations), :mod:`attribution` (who says it),
:mod:`propose` (the list).
"""
