"""Soundings: radiosonde and balloon profiles, and the wind field that they allow.

``read`` modules turn each format into :class:`~overflight.fields.soundings.profile.Profile`;
``quality`` says which points cannot be believed; ``analysis`` makes a field with its error.
"""
