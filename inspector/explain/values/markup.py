"""A web page's forms and what it loads, found tag by tag: no tree, no script is run, and no page is too broken."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

LARGEST = 512 * 1024  # characters that are looked at
MOST = 2_000  # tags of interest

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)(form|input|textarea|select|button|img|script|link|iframe|frame|embed|object|source|video|audio|base|meta|a|title)\b([^>]{0,8000})>",
    re.IGNORECASE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([a-zA-Z_:@.-][\w:@.-]*)\s*(?:=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+)))?")
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_LOADS = {
    "img": "src", "script": "src", "iframe": "src", "frame": "src", "embed": "src", "object": "data", "source": "src", "video": "src",
    "audio": "src", "link": "href",
}  # fmt: skip
_LOADING_RELATIONS = frozenset(
    {"stylesheet", "preload", "modulepreload", "icon", "manifest", "shortcut", "apple-touch-icon"}
)


@dataclass(frozen=True, slots=True)
class Input:
    """A field of a form: its name, its type in lower case, its value."""

    name: str
    type: str
    value: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form: where it goes, how, its fields, and where its tag begins in the page's text."""

    action: str
    method: str
    inputs: tuple[Input, ...]
    offset: int

    @property
    def has_password(self) -> bool:
        return any(each.type == "password" for each in self.inputs)


@dataclass(frozen=True, slots=True)
class Load:
    """Something that the page loads by itself: by which tag, from where, and where that stands."""

    tag: str
    url: str
    offset: int


@dataclass(frozen=True, slots=True)
class Page:
    """What was found; offsets count characters of the page's text (decoded as latin-1: so they count its bytes)."""

    forms: tuple[Form, ...] = ()
    loads: tuple[Load, ...] = ()
    inline_scripts: int = 0
    declares_charset: bool = False
    title: str = ""


def read_page(data: bytes) -> Page:
    """The page in these bytes, decoded content coding and all."""
    text = data[:LARGEST].decode("latin-1")
    forms: list[Form] = []
    loads: list[Load] = []
    inputs: list[Input] = []
    open_form: tuple[dict[str, str], int] | None = None
    inline, charset, title = 0, False, ""
    at = count = 0
    while count < MOST:
        match = _TAG.search(text, at)
        if match is None:
            break
        at = match.end()
        if match[2] is None:
            continue
        count += 1
        closing, tag = bool(match[1]), match[2].lower()
        given = {} if closing else _attributes(match[3])
        if tag == "form":
            if open_form is not None:
                forms.append(_form(*open_form, inputs))
                inputs = []
            open_form = None if closing else (given, match.start())
        elif closing:
            continue
        elif tag in ("input", "textarea", "select", "button"):
            if open_form is not None:
                inputs.append(
                    Input(
                        given.get("name", ""),
                        given.get("type", "text").lower() if tag == "input" else tag,
                        given.get("value", ""),
                    )
                )
        elif tag == "script" and "src" not in given:
            inline += 1
        elif tag == "meta":
            charset = charset or "charset" in given or "charset=" in given.get("content", "").lower()
        elif tag == "title":
            title = html.unescape(text[at : text.find("<", at)])[:200].strip()
        if tag in _LOADS and given.get(_LOADS[tag]):
            relations = given.get("rel", "").lower().split()
            if tag != "link" or _LOADING_RELATIONS & set(relations):
                loads.append(Load(tag, given[_LOADS[tag]].strip(), match.start()))
        if tag == "script":
            end = _SCRIPT_END.search(text, at)
            at = end.start() if end else len(text)
    if open_form is not None:
        forms.append(_form(*open_form, inputs))
    return Page(tuple(forms), tuple(loads), inline, charset, title)


def _attributes(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(text):
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4] or ""
        found.setdefault(match[1].lower(), html.unescape(value))
    return found


def _form(given: dict[str, str], offset: int, inputs: list[Input]) -> Form:
    return Form(given.get("action", "").strip(), given.get("method", "get").lower(), tuple(inputs), offset)
