"""Small trees of XML, written the same way on every machine."""

from collections.abc import Mapping
from xml.etree import ElementTree as Tree

from overflight.release.formats.text import plain

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def add(
    parent: Tree.Element, name: str, text: str = "", attributes: Mapping[str, str] | None = None
) -> Tree.Element:
    """Add an element with its text, which is escaped when it is written."""
    found = Tree.SubElement(parent, name, dict(attributes or {}))
    found.text = plain(text) or None
    return found


def whole(root: Tree.Element) -> bytes:
    """The file's bytes."""
    Tree.indent(root, " ")
    body: bytes = Tree.tostring(root, encoding="utf-8")
    return HEAD + body + b"\n"
