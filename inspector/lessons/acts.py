"""What a step asks to be done, one line each: `open ADDRESS`, `click NAME`, `fill LABEL: VALUE` and so on. The table is the grammar."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, get_args
from urllib.parse import urlsplit

from inspector.lessons.errors import LessonMistake
from inspector.lessons.model import Act, Verb

TABS = {
    "story": "Story",
    "messages": "Messages",
    "sees": "Who sees what",
    "connection": "Connection",
    "timing": "Timing",
    "checks": "Checks",
    "server": "Server",
    "chains": "Both chains",
}
PROGRAMS = (
    "curl",
)  # what a lesson may ask to be typed in a terminal: known on every system, and tried by the tests
_VERBS = sorted(get_args(Verb), key=len, reverse=True)
_OF_STEP = re.compile(r"(\w+)(?: of step (\d))?")


class Grammar(NamedTuple):
    """One verb: how it is written, and what the page says. `{what}` and `{value}` are filled in."""

    written: str
    words: str
    read: Callable[[str], Act]


def read_acts(text: str, line: int) -> tuple[Act, ...]:
    """The acts of a `do` block whose first line is `line` of its file. Raises LessonMistake."""
    found = []
    for number, written in enumerate(text.splitlines(), line):
        if written.strip():
            try:
                found.append(read_act(written.strip()))
            except LessonMistake as mistake:
                raise mistake.at("", number) from mistake
    return tuple(found)


def read_act(written: str) -> Act:
    """One line. Raises LessonMistake."""
    dashboard = written.startswith("dashboard ")
    line = written.removeprefix("dashboard ").strip()
    verb = next((each for each in _VERBS if line == each or line.startswith(f"{each} ")), None)
    if verb is None:
        raise LessonMistake(
            f"“{line.split(' ')[0]}” is nothing one can do.",
            f"Write one of: {'; '.join(each.written for each in GRAMMAR.values())}.",
        )
    act = GRAMMAR[verb].read(line.removeprefix(verb).strip())
    if dashboard and act.verb not in ("click", "press", "fill", "choose", "tick"):
        raise LessonMistake(
            f"“dashboard {act.verb}” cannot be.",
            "After “dashboard” stands click, press, fill, choose or tick.",
        )
    return act._replace(dashboard=dashboard or act.verb in ("look", "visit"))


def _nothing(verb: Verb) -> Callable[[str], Act]:
    def read(rest: str) -> Act:
        if rest:
            raise LessonMistake(f"Nothing follows “{verb}”.", f"Leave out “{rest}”.")
        return Act(verb)

    return read


def _name(verb: Verb) -> Callable[[str], Act]:
    def read(rest: str) -> Act:
        if not rest:
            raise LessonMistake(
                f"“{verb}” wants the words on the page.", f"Write, for example, {verb} Log in."
            )
        return Act(verb, rest)

    return read


def _pair(verb: Verb) -> Callable[[str], Act]:
    def read(rest: str) -> Act:
        label, colon, value = rest.partition(": ")
        if not colon or not label.strip():
            raise LessonMistake(
                f"“{verb}” wants a label, a colon, a space and a value.",
                f"Write, for example, {verb} Name: Ada.",
            )
        return Act(verb, label.strip(), value.strip())

    return read


def _address(verb: Verb) -> Callable[[str], Act]:
    def read(rest: str) -> Act:
        parts = urlsplit(rest)
        if parts.scheme not in ("http", "https") or not parts.hostname or " " in rest:
            raise LessonMistake(
                f"“{rest}” is no address that a browser opens.",
                "Write it whole, as in http://shop.inspector.test/.",
            )
        return Act(verb, rest)

    return read


def _command(rest: str) -> Act:
    if rest.split(" ", maxsplit=1)[0] not in PROGRAMS:
        raise LessonMistake(
            "A command has to begin with a program that is known.", f"Write one of: {', '.join(PROGRAMS)}."
        )
    return Act("terminal", rest)


def _look(rest: str) -> Act:
    where, _, words = rest.partition(": ")
    found = _OF_STEP.fullmatch(where.strip())
    if found is None or found[1] not in TABS:
        raise LessonMistake(
            f"There is no tab “{where}”.",
            f"Write one of {', '.join(TABS)}; perhaps with “of step 2” after it.",
        )
    return Act("look", found[1], words.strip(), int(found[2] or 0))


def _visit(rest: str) -> Act:
    path, _, words = rest.partition(": ")
    if not path.startswith("/") or path.startswith("//") or " " in path.strip():
        raise LessonMistake(
            f"“{path}” is no page of the dashboard.",
            "Write its path, as in visit /certificates: Your authority.",
        )
    return Act("visit", path.strip(), words.strip())


GRAMMAR: dict[str, Grammar] = {
    "open": Grammar("open ADDRESS", "Open {what}", _address("open")),
    "new window": Grammar(
        "new window ADDRESS",
        "Close the captured window, and open {what} in a new one",
        _address("new window"),
    ),
    "reload": Grammar("reload", "Reload the page (F5, or ⌘R on a Mac)", _nothing("reload")),
    "back": Grammar("back", "Go back one page", _nothing("back")),
    "click": Grammar("click NAME", "Click {what}", _name("click")),
    "press": Grammar("press NAME", "Press the button {what}", _name("press")),
    "fill": Grammar("fill LABEL: VALUE", "Type {value} into {what}", _pair("fill")),
    "choose": Grammar("choose LABEL: OPTION", "Choose {value} at {what}", _pair("choose")),
    "tick": Grammar("tick LABEL", "Tick {what}", _name("tick")),
    "terminal": Grammar("terminal COMMAND", "Type in a terminal: {what}", _command),
    "look": Grammar("look TAB [of step N][: WORDS]", "{value}", _look),
    "visit": Grammar("visit /PATH[: WORDS]", "{value}", _visit),
}


class Phrase(NamedTuple):
    """A piece of an act's sentence: plain words, a name on the page (`name`), or what is typed (`code`)."""

    text: str
    kind: str = "words"


def phrases(act: Act) -> tuple[Phrase, ...]:
    """The sentence of an act, in pieces."""
    values = {"what": act.what, "value": act.value}
    kinds = {"what": "code" if act.verb in ("open", "new window", "terminal") else "name", "value": "code"}
    if act.verb == "look":
        return (Phrase(act.value or TABS[act.what]),)
    if act.verb == "visit":
        return (Phrase(act.value or act.what),)
    found = []
    for piece in re.split(r"\{(what|value)\}", GRAMMAR[act.verb].words):
        if piece in values:
            found.append(Phrase(values[piece] or "nothing", kinds[piece] if values[piece] else "words"))
        elif piece:
            found.append(Phrase(piece))
    return tuple(found)
