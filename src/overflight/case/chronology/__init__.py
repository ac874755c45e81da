"""What happened in which order: uncertain times, relations between them, and whether they agree.

:mod:`.spans` are times with bounds, :mod:`.allen` the thirteen relations of two intervals,
:mod:`.phrases` relations as people write them. :mod:`.network` holds bounds and relations against
each other, :mod:`.cycles` shortens a contradiction, and :mod:`.order` does all that for a case.
"""
