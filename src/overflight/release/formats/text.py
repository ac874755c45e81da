r"""Text of strangers inside files: what no file can hold or no reader should obey is taken out.

Each format escapes by its own rules; here go control characters, marks that reorder the text
after them, lone surrogates and what XML 1.0 forbids.

>>> plain("calm\x00 \u202eevil\ud800")
'calm evil\ufffd'
"""

import re

_BREAKS = re.compile("\r\n|[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]")
_NEVER = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_LONE = re.compile("[\ud800-\udfff]")


def plain(text: str) -> str:
    """One line of text that any program may show."""
    return _NEVER.sub("", _BREAKS.sub(" ", _LONE.sub("\ufffd", text)))
