"""XML Schemas (XSD): whether a tree keeps one, and if not, what is wrong, in plain words with line and path.

What is expected of a value is what the documentation of its type in the schema says, so an integrator reads the same
words in the schema and in a refusal. A tree may be wrong in a million places; only so many are looked for and told.
"""

import re
from collections.abc import Sequence
from itertools import islice
from typing import Any

from lxml import etree

from gateway.findings import Finding, find

_XS = "{http://www.w3.org/2001/XMLSchema}"
_PIECE = 1 << 16
_TOLD = {
    "SCHEMAV_CVC_COMPLEX_TYPE_2_1": "it holds nothing; remove what is in it",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "there is text between its elements; correct or remove it",
    "SCHEMAV_CVC_COMPLEX_TYPE_2_2": "it holds a text, and no elements; correct or remove them",
    "SCHEMAV_CVC_TYPE_3_1_2": "it holds a text, and no elements; correct or remove them",
}
_LONG = 2_000  # elements of a tree that may be wrong all over before that costs much time
_ERRORS_AT_MOST = 100
_SHOWN = 60  # characters of a wrong value that a message repeats
_ASCII = "[ !#-%'-;=?-~]"  # without the marks of XML: " & < >
_OTHERS = "[\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_REST = f"(?:{_OTHERS}++{_ASCII}*+)*+"  # possessive: what was taken is never given back
_GROUP = re.compile(r"(?<!\\)\(")
_NAMED = re.compile(r"Element '([^']*)'(?:, attribute '([^']*)')?: (.*)", re.DOTALL)
_VALUE = re.compile(r"(?:The value|^) ?'(.*)' is not ", re.DOTALL)
_WANTED = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_TWICE = re.compile(r"Duplicate key-sequence \['(.*)'\]", re.DOTALL)
_INDEX = re.compile(r"\[\d+\]")
_REQUIRED = re.compile(r"The attribute '([^']*)' is required")


class XmlSchema:
    """A schema made ready. Raises etree.XMLSchemaParseError or etree.XMLSyntaxError where it is none."""

    def __init__(self, text: str) -> None:
        """`text` is that of one XSD without a namespace, that stands for itself: nothing is included from elsewhere."""
        self.tree = etree.fromstring(text.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        self.compiled = etree.XMLSchema(self.tree)

    def findings(self, root: Any, code: str) -> tuple[Finding, ...]:
        """What is wrong with a tree, as findings of this code; nothing where it keeps the schema."""
        if not _is_short(root):
            errors = self._first_errors(etree.tostring(root, encoding="UTF-8"))
            if not errors:
                return ()
            if len(errors) > _ERRORS_AT_MOST:
                said = f"more than {_ERRORS_AT_MOST} things are wrong; the first of them"
                return tuple(self._finding(error, code, said) for error in errors[:_ERRORS_AT_MOST])
        if self.compiled.validate(root):
            return ()
        return tuple(self._finding(error, code) for error in islice(self.compiled.error_log, _ERRORS_AT_MOST))

    def pattern_of(self, names: Sequence[str], attribute: str | None) -> str:
        """A regular expression for the texts of an element or attribute that are valid and need no escaping.

        `names` are the elements from the root down. Calendars are not in it: a day is one of a date's. Raises
        ValueError where the schema has no such place.
        """
        simple = self._simple_at(names, attribute)
        if simple is None:
            place = "/".join(names) + (f"/@{attribute}" if attribute else "")
            raise ValueError(f"the schema has no text at {place}")
        return _pattern(simple)

    def _simple_at(self, names: Sequence[str], attribute: str | None) -> Any:
        """The simple type of an element's text, or of its attribute; None where the schema has no such place."""
        declared = self.tree.find(f"{_XS}element[@name='{names[0]}']")
        for name in names[1:]:
            type_ = None if declared is None else self._type_of(declared)
            declared = None if type_ is None else type_.find(f"{_XS}sequence/{_XS}element[@name='{name}']")
        if declared is None:
            return None
        type_ = self._type_of(declared)
        extension = None if type_ is None else type_.find(f"{_XS}simpleContent/{_XS}extension")
        if attribute is None:
            named = declared.get("type") if extension is None else extension.get("base")
        else:
            around = type_ if extension is None else extension
            held = None if around is None else around.find(f"{_XS}attribute[@name='{attribute}']")
            named = None if held is None else held.get("type")
        return self.tree.find(f"{_XS}simpleType[@name='{named}']")

    def _type_of(self, declared: Any) -> Any:
        """The complex type of an element, by its name or in place; None where it has none."""
        named = self.tree.find(f"{_XS}complexType[@name='{declared.get('type')}']")
        return declared.find(f"{_XS}complexType") if named is None else named

    def findings_in(self, data: bytes, code: str) -> tuple[Finding, ...]:
        """What is wrong with a file of our own making, of which no tree is kept; without lines."""
        return tuple(self._finding(error, code, "the document") for error in self._first_errors(data))

    def _first_errors(self, data: bytes) -> list[Any]:
        """The first errors of a long file, without lines: of a tree, libxml2 would look for the path of every one."""
        parser = etree.XMLPullParser(["start", "end"], schema=self.compiled, resolve_entities=False, no_network=True)
        try:
            for at in range(0, len(data), _PIECE):
                parser.feed(data[at : at + _PIECE])
                if len(parser.feed_error_log) > _ERRORS_AT_MOST:
                    break
                _forget(parser)
            parser.close()
        except etree.XMLSyntaxError:
            pass  # it is told in the log
        return list(islice(parser.feed_error_log, _ERRORS_AT_MOST + 1))

    def _finding(self, error: Any, code: str, place: str = "") -> Finding:
        named = _NAMED.fullmatch(error.message)
        element, attribute, said = named.groups() if named else ("", None, error.message)
        path = error.path or f"/{element}"
        simple = self._simple_at(_INDEX.sub("", path).split("/")[1:], attribute)
        text, expected, value = _told(error.type_name, said, None if simple is None else _words(simple))
        where = f"{path}/@{attribute}" if attribute else path
        start = place or f"line {error.line}"
        return find(code, f"{start}, {where}: {text}", tag=element or None, value=value, expected=expected)


def _told(kind: str, said: str, expected: str | None) -> tuple[str, str | None, str | None]:
    """An error in our words, with what was expected and what came."""
    wanted = _WANTED.search(said)
    names = wanted[1].replace(", ", " or ") if wanted else None
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        what = "it is not complete" if said.startswith("Missing") else "there is no such element here"
        return (f"{what}; expected {names}" if names else f"{what}; correct or remove it"), names, None
    if kind in _TOLD:
        return _TOLD[kind], None, None
    if twice := _TWICE.match(said):
        return f"{twice[1][:_SHOWN]} comes twice; keep one", None, twice[1][:_SHOWN]
    if missing := _REQUIRED.search(said):
        return f"the attribute {missing[1]} is missing", missing[1], None
    if said.endswith("is not allowed."):
        return "there is no such attribute; correct or remove it", None, None
    value = _VALUE.search(said)
    if expected and (value or kind.endswith("LENGTH_VALID")):
        came = value[1] if value else ""
        shown = came if len(came) <= _SHOWN else came[:_SHOWN] + "…"
        return f"expected {expected}, not {shown!r}", expected, came[:_SHOWN]
    return said[:200], None, None


def _forget(parser: Any) -> None:
    """Let go of the elements that are complete, so that there is never a tree of the whole file."""
    for event, element in parser.read_events():
        if event == "end" and (around := element.getparent()) is not None:
            element.clear()
            while element.getprevious() is not None:
                del around[0]


def _pattern(simple: Any) -> str:
    """What the facets of a simple type let pass, less the characters that mean something to XML."""
    codes = [re.escape(each.get("value")) for each in simple.iter(f"{_XS}enumeration")]
    patterns = [_GROUP.sub("(?:", each.get("value")) for each in simple.iter(f"{_XS}pattern")]
    if codes or patterns:
        return f"(?:{'|'.join(codes or patterns)})"
    if simple.find(f".//{_XS}minLength") is None:
        return f"{_ASCII}*+{_REST}"
    return f"(?:{_ASCII}++|{_OTHERS}++{_ASCII}*+){_REST}"


def _is_short(root: Any) -> bool:
    return next(islice(root.iter(), _LONG, None), None) is None


def _words(simple: Any) -> str:
    codes = [each.get("value") for each in simple.iter(f"{_XS}enumeration")]
    if codes:
        return f"one of {', '.join(codes)}" if len(codes) > 1 else codes[0]
    text = " ".join((simple.findtext(f"{_XS}annotation/{_XS}documentation") or "").split()).rstrip(".")
    return text[:1].lower() + text[1:]
