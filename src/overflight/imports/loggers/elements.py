"""Read XML of a stranger as a stream: element by element, with no more text than a reader wants.

A file that declares a document type, and with it entities, is refused before any is expanded.
"""

from xml.parsers import expat

from overflight.errors import FieldError

_LONGEST_TEXT = 200  # of a name, a time, a place


class Elements:
    """Calls ``opened`` and ``closed`` for every element; readers of formats fill in the two."""

    kind = "XML"

    def __init__(self, name: str) -> None:
        self.name = name
        self._path: list[str] = []
        self._text = ""

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element, named without its namespace."""

    def closed(self, name: str, parent: str, text: str) -> None:
        """End an element whose text is ``text``."""

    def parse(self, text: str) -> None:
        """Read the whole text.

        Raises
        ------
        FieldError
            If it is damaged or declares a document type.
        """
        parser = expat.ParserCreate("utf-8", " ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        try:
            parser.Parse(text.encode("utf-8", "replace"), True)  # noqa: FBT003 (the whole document)
        except expat.ExpatError as error:
            raise FieldError(
                found=f"{self.name} is no whole XML ({error})",
                expected=f"a {self.kind} file",
                remedy="Export it again.",
            ) from None

    def _refuse(self, *_: object) -> None:
        raise FieldError(
            found=f"{self.name} declares a document type",
            expected=f"{self.kind}, which needs none",
            remedy="Remove the lines with DOCTYPE and ENTITY, if you trust the file.",
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(" ")[2]
        self._path.append(name)
        self._text = ""
        self.opened(name, attributes)

    def _data(self, data: str) -> None:
        if len(self._text) < _LONGEST_TEXT:
            self._text += data[:_LONGEST_TEXT]

    def _end(self, _: str) -> None:
        name, parent = self._path.pop(), self._path[-1] if self._path else ""
        self.closed(name, parent, self._text.strip())
        self._text = ""
