"""The list ``zones`` of ``case.yaml``: a line more or less, and every other byte as it was.

The text is edited where the parser says that the list stands, not written anew, so comments, order
and quotes stay. Then it is read again: if anything but the list has changed, nothing is written.
"""

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from overflight.case.files import LARGEST_YAML_BYTES
from overflight.errors import CaseError

USUAL = ("country", "state", "territorial_sea")


@dataclass(frozen=True)
class _Item:
    text: str
    begin: int
    end: int


def read(path: Path) -> str:
    """Return the text of ``case.yaml`` as it is, line ends included."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_YAML_BYTES + 1).decode("utf-8")
    except FileNotFoundError as error:
        raise CaseError(
            found=f"no {path.name} in {path.parent.name}",
            expected="a case folder",
            remedy="Check --case, or make a case with 'overflight new'.",
        ) from error
    except UnicodeDecodeError as error:
        raise CaseError(
            found=f"{path.name} is not UTF-8", expected="UTF-8 text", remedy="Save it as UTF-8."
        ) from error


def named(text: str) -> tuple[str, ...]:
    """Return the zones that a ``case.yaml`` names; the usual ones where it names none."""
    node = _node(text)
    return USUAL if node is None else tuple(item.text for item in _items(node[1], text))


def with_one(text: str, name: str) -> str:
    """Return the text with one more zone."""
    end = "\r\n" if "\r\n" in text else "\n"
    found = _node(text)
    if found is None:
        line = f"zones: [{', '.join((*USUAL, name))}]{end}"
        new = text + ("" if text.endswith("\n") or not text else end) + line
        return _sure(text, new, (*USUAL, name))
    _, node = found
    items = _items(node, text)
    wanted = (*(item.text for item in items), name)
    if node.flow_style or not items:
        at = items[-1].end if items else text.index("[", node.start_mark.index) + 1
        return _sure(text, text[:at] + (", " if items else "") + name + text[at:], wanted)
    at = text.find("\n", items[-1].end) + 1 or len(text)
    before = text[:at] + ("" if text[:at].endswith("\n") else end)
    return _sure(text, f"{before}{' ' * node.start_mark.column}- {name}{end}{text[at:]}", wanted)


def without(text: str, name: str) -> str:
    """Return the text without one of its zones."""
    found = _node(text)
    items = _items(found[1], text) if found else []
    places = [at for at, item in enumerate(items) if item.text == name]
    if found is None or not places:
        return text
    place = places[0]
    key, node = found
    wanted = tuple(item.text for at, item in enumerate(items) if at != place)
    if node.flow_style:
        begin = items[place - 1].end if place else items[0].begin
        end = items[1].begin if not place and len(items) > 1 else items[place].end
        return _sure(text, text[:begin] + text[end:], wanted)
    if len(items) == 1:
        stop = items[0].end
        return _sure(text, f"{text[: key.end_mark.index]}: []{text[stop:]}", wanted)
    begin = text.rfind("\n", 0, items[place].begin) + 1
    end = text.find("\n", items[place].end) + 1 or len(text)
    return _sure(text, text[:begin] + text[end:], wanted)


def _composed(text: str) -> MappingNode:
    try:
        root = YAML(pure=True).compose(text.removeprefix("\ufeff"))
    except (YAMLError, RecursionError) as error:
        raise _unreadable() from error
    if not isinstance(root, MappingNode):
        raise _unreadable()
    return root


def _unreadable() -> CaseError:
    return CaseError(
        found="a case.yaml that cannot be read",
        expected="fields such as title and zones",
        remedy="Run 'overflight validate' and mend it first.",
    )


def _node(text: str) -> tuple[Node, SequenceNode] | None:
    """Find the key and the list of zones."""
    for key, value in _composed(text).value:
        if isinstance(key, ScalarNode) and key.value == "zones":
            if isinstance(value, SequenceNode) and not value.anchor:
                return key, value
            raise CaseError(
                found="zones in case.yaml that are no plain list",
                expected="zones: [country, state, territorial_sea]",
                remedy="Write them as a list, then try again.",
            )
    return None


def _items(node: SequenceNode, text: str) -> list[_Item]:
    moved = 1 if text.startswith("\ufeff") else 0
    return [
        _Item(str(one.value), one.start_mark.index + moved, one.end_mark.index + moved)
        for one in node.value
    ]


def _tree(node: Node, *, top: bool = False) -> object:
    if isinstance(node, MappingNode):
        pairs = [(_tree(key), _tree(value)) for key, value in node.value]
        return [pair for pair in pairs if not (top and pair[0] == "zones")]
    if isinstance(node, SequenceNode):
        return [_tree(one) for one in node.value]
    return str(node.value)


def _sure(before: str, after: str, wanted: tuple[str, ...]) -> str:
    """Return the new text, if it says what it should and nothing else changed."""
    kept = _tree(_composed(before), top=True) == _tree(_composed(after), top=True)
    if kept and named(after) == wanted:
        return after
    raise CaseError(
        found="a case.yaml in which the list of zones cannot be changed safely",
        expected="a plain list",
        remedy=f"Write it yourself: zones: [{', '.join(wanted)}]",
    )
