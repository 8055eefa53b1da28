"""What a filter cannot say, as small functions by name: each looks at one exchange beside the ones that came before it in the lesson.

A step's `seen` block names them with `and`: `and same-cookie shop`. The table is what `docs/lessons.md` lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import urljoin

from inspector.filter.subject import address_of, path_of, query_of
from inspector.lessons.witness import Witness


class Scene(NamedTuple):
    """The exchange that is looked at, and those of this lesson before it, oldest first."""

    now: Witness
    before: tuple[Witness, ...]

    @property
    def last(self) -> Witness | None:
        """The one right before it."""
        return self.before[-1] if self.before else None


class Function(NamedTuple):
    """A row: what it asks in a sentence, what may follow its name, and the function itself, which is given that."""

    sentence: str
    takes: str
    holds: Callable[[Scene, str], bool]


def _cookie(subject: Witness, name: str) -> set[bytes]:
    return set(subject.cookies(name)) - {b""}


def _set(subject: Witness, name: str) -> set[bytes]:
    return set(subject.set_cookies(name)) - {b""}


def _same_cookie(scene: Scene, name: str) -> bool:
    given = {value for each in scene.before for value in _set(each, name)}
    return not given.isdisjoint(_cookie(scene.now, name))


def _no_cookie(scene: Scene, name: str) -> bool:
    return not _cookie(scene.now, name) and any(
        _cookie(each, name) | _set(each, name) for each in scene.before
    )


def _other_cookie(scene: Scene, name: str) -> bool:
    known = {value for each in scene.before for value in _cookie(each, name) | _set(each, name)}
    now = _cookie(scene.now, name) | _set(scene.now, name)
    return bool(known) and bool(now - known)


def _same_address(scene: Scene, _: str) -> bool:
    return scene.last is not None and address_of(scene.now.row) == address_of(scene.last.row)


def _other_query(scene: Scene, _: str) -> bool:
    last = scene.last
    if last is None or path_of(scene.now.row) != path_of(last.row):
        return False
    return query_of(scene.now.row) != query_of(last.row)


def _followed(scene: Scene, _: str) -> bool:
    """RFC 9110 §10.2.2: Location may be relative to the address that answered with it."""
    here = address_of(scene.now.row)
    for each in scene.before:
        for place in _values(each, b"location"):
            if urljoin(address_of(each.row), place).partition("#")[0] == here:
                return True
    return False


def _asked_again(scene: Scene, _: str) -> bool:
    tags = {tag for each in scene.before for tag in _values(each, b"etag")}
    asked = {
        field.value.decode("latin-1")
        for field in scene.now.request_fields
        if field.name.lower() == b"if-none-match"
    }
    return not tags.isdisjoint(asked)


def _values(subject: Witness, name: bytes) -> list[str]:
    return [field.value.decode("latin-1") for field in subject.response_fields if field.name.lower() == name]


def _same_connection(scene: Scene, _: str) -> bool:
    last = scene.last
    return last is not None and scene.now.line == last.line != b""


def _new_connection(scene: Scene, _: str) -> bool:
    last = scene.last
    return last is not None and scene.now.line != last.line != b""


def _smaller(scene: Scene, _: str) -> bool:
    return scene.last is not None and 0 < scene.now.row.response_size < scene.last.row.response_size


def _same_text(scene: Scene, _: str) -> bool:
    last = scene.last
    return last is not None and scene.now.response_text == last.response_text != b""


def _stood_before(scene: Scene, name: str) -> bool:
    """A value of the form was written into an earlier page by the server: a token against forged requests."""
    values = [value for value in form_values(scene.now.request_text, name) if len(value) >= 8]
    return any(value in each.response_text for value in values for each in scene.before)


def form_values(body: bytes, name: str) -> list[bytes]:
    """The values of a field in the text of a form's body, as it was sent (folded)."""
    wanted = name.casefold().encode()
    pairs = (pair.partition(b"=") for pair in body.split(b"&"))
    return [value for each, _, value in pairs if each == wanted]


FUNCTIONS: dict[str, Function] = {
    "same-cookie": Function("It brings back a cookie that an earlier answer of the lesson set.", "NAME", _same_cookie),
    "no-cookie": Function("It comes without a cookie that was there earlier in the lesson.", "NAME", _no_cookie),
    "other-cookie": Function("It has a cookie with another value than earlier in the lesson.", "NAME", _other_cookie),
    "same-address": Function("Its address is the one of the exchange before it.", "", _same_address),
    "other-query": Function("Its path is the one of the exchange before it, and its query is another.", "", _other_query),
    "followed-redirect": Function("Its address is where an earlier answer led (Location).", "", _followed),
    "asked-again": Function("It asks whether a copy is still good, by the ETag of an earlier answer.", "", _asked_again),
    "same-connection": Function("It went over the connection of the exchange before it.", "", _same_connection),
    "new-connection": Function("It went over another connection than the exchange before it.", "", _new_connection),
    "smaller": Function("Its answer has fewer bytes than the one before it.", "", _smaller),
    "same-text": Function("Its answer says the same as the one before it, packings undone.", "", _same_text),
    "token": Function("The form's field has a value that the server wrote into an earlier page.", "FIELD", _stood_before),
}  # fmt: skip
