"""Zones that a person brings: read from whatever file, mended or refused, kept in the case folder.

:mod:`.reading` finds the format by content and returns a :class:`.raw.Source`; :mod:`.wgs84` brings
it onto longitudes and latitudes, :mod:`.mending` makes sound outlines of it and says what it did;
:mod:`.adding` writes ``layers/NAME.geojson`` and names it in ``case.yaml`` (:mod:`.listed`).
"""
