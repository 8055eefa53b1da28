"""Sec-Fetch-*: what the browser says of how a request came about. No script can write these."""

from __future__ import annotations

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import say
from inspector.explain.references import header, w3c

_SITE = {
    "none": "Nobody's page asked for this: somebody typed the address, used a bookmark, or the browser itself wants it.",
    "same-origin": "A page of the very same [[origin]] asked for this.",
    "same-site": "A page of the same [[site]] asked for this, but of another [[origin]], such as another host of it.",
    "cross-site": "A page of another [[site]] asked for this.",
}
_MODE = {
    "navigate": "It is for a whole page: somebody goes to another address.",
    "cors": "Whoever asked wants to read the answer, and needs permission if it is from another [[origin]] ([[CORS]]).",
    "no-cors": "It is a part of a page, such as a picture; the page may show or run it, but not read it.",
    "same-origin": "Only an answer of the same [[origin]] will do.",
    "websocket": "It opens a [[WebSocket]].",
}
_DEST = {
    "document": "a page in its own tab", "iframe": "a page in a frame", "frame": "a page in a frame", "embed": "an embedded thing",
    "object": "an embedded thing", "image": "a picture", "script": "a script", "style": "a style sheet", "font": "a font",
    "audio": "sound", "video": "film", "track": "subtitles", "worker": "a worker's script", "sharedworker": "a shared worker's script",
    "serviceworker": "a service worker's script", "manifest": "the web app's manifest", "report": "a report of the browser's",
    "empty": "a script's own use (fetch or XMLHttpRequest)", "json": "a JSON module", "xslt": "an XSLT transform", "paintworklet": "a paint worklet",
    "audioworklet": "an audio worklet", "webidentity": "a log-in by way of the browser (FedCM)", "speculationrules": "rules about what to load ahead",
    "websocket": "a WebSocket", "fencedframe": "a fenced frame", "dictionary": "a dictionary for packing",
}  # fmt: skip
_DETAILS = "The browser writes this, and no script can change it; so a server can refuse by it what it didn't expect."


def _site(line: Line) -> Told:
    words = _SITE.get(line.value.strip().lower())
    if words is None:
        return Told(say("`{value}` is no word that is known here.", value=line.value), good=False)
    return Told(say(words), say(_DETAILS))


def _mode(line: Line) -> Told:
    words = _MODE.get(line.value.strip().lower())
    return (
        Told(say(words))
        if words
        else Told(say("`{value}` is no word that is known here.", value=line.value), good=False)
    )


def _dest(line: Line) -> Told:
    words = _DEST.get(line.value.strip().lower())
    return (
        Told(say(f"What comes back is for {words}."))
        if words
        else Told(say("`{value}` is no word that is known here.", value=line.value), good=False)
    )


def _user(line: Line) -> Told:
    return Told(say("Somebody clicked or pressed a key to get here; it wasn't a script on its own."))


def _purpose(line: Line) -> Told:
    return Told(
        say("Nobody has asked for this yet: the browser fetches it ahead (`{value}`).", value=line.value)
    )


_SPEC = "fetch-metadata"

FIELDS = {
    "sec-fetch-site": Known(
        _site, (w3c(_SPEC, "Fetch Metadata", "sec-fetch-site-header"), header("Sec-Fetch-Site"))
    ),
    "sec-fetch-mode": Known(
        _mode, (w3c(_SPEC, "Fetch Metadata", "sec-fetch-mode-header"), header("Sec-Fetch-Mode"))
    ),
    "sec-fetch-dest": Known(
        _dest, (w3c(_SPEC, "Fetch Metadata", "sec-fetch-dest-header"), header("Sec-Fetch-Dest"))
    ),
    "sec-fetch-user": Known(
        _user, (w3c(_SPEC, "Fetch Metadata", "sec-fetch-user-header"), header("Sec-Fetch-User"))
    ),
    "sec-purpose": Known(_purpose, (header("Sec-Purpose"),)),
    "purpose": Known(_purpose, (header("Sec-Purpose"),)),
}
