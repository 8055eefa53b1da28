"""What scripts/stories writes: each exchange made, found among the captures, and told as its Story tab tells it, as Markdown.

What differs from run to run (times, ports, dates, sizes that hang on a signature) is replaced, so that a second run writes the same files.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
import ssl
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from https_stage import Files, NotAsItShouldBe, certify, inspector, wait_for
from stories_stage import HOST, Visitor, nobody, site

from inspector.exchange.model import Exchange
from inspector.explain.case import Case
from inspector.explain.fields import explain_fields
from inspector.explain.prose import Prose
from inspector.explain.story import Step, tell
from inspector.pki.authority import Authority
from inspector.store.captures import Captures

SILENCE = 0.2


@dataclass
class Stage:
    """All that plays: the proxy's port, the sites' by name, and the authority that the visitor believes."""

    proxy: int
    ports: dict[str, int]
    authority: Path
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, name: str, *, secure: bool, believing: bool = True) -> Visitor:
        made = Visitor(self.proxy, self.authority if believing else None)
        self.visitors.append(made)
        made.connect(self.ports[name], secure=secure)
        return made


@dataclass(frozen=True)
class Scene:
    """One story: its file, its title, what it is about, and how it is played. Told is the last exchange that `told` says yes to."""

    file: str
    title: str
    about: str
    play: Callable[[Stage], None]
    told: Callable[[Exchange, Stage], bool]
    times: int = 1  # as often it happens


def _at(name: str, path: str) -> Callable[[Exchange, Stage], bool]:
    return lambda exchange, stage: exchange.port == stage.ports[name] and exchange.path == path


def _plain(stage: Stage) -> None:
    stage.visitor("plain", secure=False).ask(stage.ports["plain"], "/")


def _form(stage: Stage) -> None:
    stage.visitor("plain", secure=False).ask(
        stage.ports["plain"], "/log-in", body="user=ada&password=correct+horse"
    )


def _tls(name: str, path: str) -> Callable[[Stage], None]:
    return lambda stage: _only(stage.visitor(name, secure=True).ask(stage.ports[name], path))


def _only(_: bytes) -> None:
    """What came is not looked at: the captures tell of it."""


def _resumed(stage: Stage) -> None:
    for _ in range(2):
        stage.visitor("again", secure=True).ask(stage.ports["again"], "/once")


def _pooled(stage: Stage) -> None:
    visitor = stage.visitor("pooled", secure=True)
    for path in ("/long", "/"):
        visitor.ask(stage.ports["pooled"], path)


def _not_modified(stage: Stage) -> None:
    visitor = stage.visitor("validated", secure=True)
    visitor.ask(stage.ports["validated"], "/kept")
    visitor.ask(stage.ports["validated"], "/kept", 'If-None-Match: "bread-7"\r\n')


def _refusing(stage: Stage) -> None:
    with contextlib.suppress(ssl.SSLCertVerificationError):
        stage.visitor("shown", secure=True, believing=False)
        raise NotAsItShouldBe("The visitor believed an authority that it doesn't know.")


def _nobody(stage: Stage) -> None:
    stage.visitor("nobody", secure=False).ask(stage.ports["nobody"], "/")


SCENES = (
    Scene("plain", "Plain http", "Nothing is encrypted: the browser hands the proxy the whole address, and everybody on the way can read along.",
          _plain, _at("plain", "/")),
    Scene("form", "A log-in form over plain http", "The same with a password in it. The answer sets a cookie and sends the browser on.",
          _form, _at("plain", "/log-in")),
    Scene("tls-1-2", "TLS 1.2", "Two handshakes, one on each side of Inspector. The site speaks no version newer than 1.2.",
          _tls("tls12", "/"), _at("tls12", "/")),
    Scene("tls-1-3", "TLS 1.3", "Two handshakes of the current version, and a page that was packed for the way.",
          _tls("tls13", "/long"), _at("tls13", "/long")),
    Scene("resumed", "A resumed session", "The site closed the connection after the first exchange. For the second, Inspector takes up the session again.",
          _resumed, _at("again", "/once"), 2),
    Scene("pooled", "A connection used again", "The second request on connections that are open already: name, connection and handshakes are skipped.",
          _pooled, _at("pooled", "/")),
    Scene("redirect", "A redirect", "The answer has no page but another address.", _tls("moved", "/old"), _at("moved", "/old")),
    Scene("not-modified", "304: the copy is still good", "The browser has the page from before, and asks whether it is still good.",
          _not_modified, lambda exchange, stage: _at("validated", "/kept")(exchange, stage) and exchange.status == 304),
    Scene("cached", "Out of a shared cache", "The answer says that it lay in a cache on the way. What a browser takes out of its own cache never comes to a proxy, so no story can tell of it.",
          _tls("cached", "/shared"), _at("cached", "/shared")),
    Scene("unbelieved", "A failed handshake: the site is not believed", "The site's certificate is signed by somebody whom nobody vouches for.",
          _tls("unknown", "/"), _at("unknown", "/")),
    Scene("stand-in-refused", "A failed handshake: the stand-in certificate is refused", "A program that was never told of Inspector's authority.",
          _refusing, lambda exchange, stage: exchange.port == stage.ports["shown"] and exchange.kind == "tls"),
    Scene("refused", "A refused connection", "Nobody listens at the port that was asked for.", _nobody, _at("nobody", "/")),
)  # fmt: skip


def main(folder: Path) -> int:
    """Write all of them; 0 if each was as it should be."""
    try:
        with tempfile.TemporaryDirectory(prefix="inspector-stories-", ignore_cleanup_errors=True) as work:
            told = _made(Path(work))
    except NotAsItShouldBe as problem:
        print(f"That is not how it should be. {problem}", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    for scene, text in zip(SCENES, told, strict=True):
        (folder / f"{scene.file}.md").write_text(text, encoding="utf-8", newline="\n")
    (folder / "README.md").write_text(_contents(), encoding="utf-8", newline="\n")
    print(f"{len(SCENES)} stories are in {folder}.")
    return 0


def _contents() -> str:
    lines = [
        "# Stories of real exchanges\n",
        "Each was made on one computer through a real Inspector by `python3 scripts/stories`, and is told as its *Story* tab tells it. The sites are small",
        "ones of the script; a program of its own plays the browser and says what Firefox says. Everything is on `localhost`, so ports stand in the",
        "addresses; sites of their own listen at 80 and 443. What differs from run to run is replaced: `…` is a time, a size or a port, *DATE* a day.\n",
    ]
    lines += [
        f"{number}. [{scene.title}]({scene.file}.md): {scene.about}" for number, scene in enumerate(SCENES, 1)
    ]
    return "\n".join(lines) + "\n"


def _made(work: Path) -> list[str]:
    authority = Authority.load_or_create(work / "home" / "certs")
    (work / "unknown").mkdir()
    files, others = certify(work), certify(work / "unknown")
    with _sites(files, others) as ports, inspector(work / "home", files.authority) as told:
        stage = Stage(int(told["listen"][0].rpartition(":")[2]), ports, authority.path)
        found = []
        for scene in SCENES:
            scene.play(stage)
            time.sleep(SILENCE)  # so that the connections are closed noticeably later
            for visitor in stage.visitors:
                visitor.close()
            found.append(_id_of(work / "home", scene, stage))
        return [_told(work / "home", scene, id, stage) for scene, id in zip(SCENES, found, strict=True)]


@contextlib.contextmanager
def _sites(files: Files, others: Files) -> Iterator[dict[str, int]]:
    old, new = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
    with contextlib.ExitStack() as stack:
        ports = {"plain": stack.enter_context(site()), "tls12": stack.enter_context(site(files, old))}
        for name in ("tls13", "again", "pooled", "moved", "validated", "cached", "shown"):
            ports[name] = stack.enter_context(site(files, new))
        ports["unknown"] = stack.enter_context(site(others, new))
        ports["nobody"] = nobody()
        yield ports


def _id_of(home: Path, scene: Scene, stage: Stage) -> bytes:
    """The newest exchange that fits the scene, once it is over."""

    def look() -> bytes | None:
        captures = Captures(home)
        try:
            kept = [captures.exchange(row.id) for row in captures.page().rows]
            fitting = [
                each for each in kept if each is not None and each.state != "open" and scene.told(each, stage)
            ]
            if len(fitting) < scene.times:
                return None
            leg = fitting[-1].client_leg
            client = captures.connection(leg.connection) if leg else None
            return fitting[-1].id if client is None or client.closed is not None else None
        finally:
            captures.close()

    id: bytes = wait_for(look, f"The exchange of “{scene.title}”")
    return id


def _told(home: Path, scene: Scene, id: bytes, stage: Stage) -> str:
    captures = Captures(home)
    try:
        exchange = captures.exchange(id)
        assert exchange is not None
        client, server = (
            captures.connection(leg.connection) if leg and leg.connection else None
            for leg in (exchange.client_leg, exchange.server_leg)
        )
        case = Case(exchange, client, server, (), time.time(), dt.UTC)
        text = "\n".join(_written(scene, case))
    finally:
        captures.close()
    return _steady(text, stage)


def _written(scene: Scene, case: Case) -> Iterator[str]:
    yield f"# {scene.title}\n"
    yield f"{scene.about}\n"
    yield "[All stories](README.md)\n"
    for step in tell(case).steps:
        yield from _step(case, step)


_STATES = {
    "done": "",
    "skipped": " (skipped)",
    "failed": " (went wrong)",
    "unseen": " (not visible from here)",
    "open": " (not over yet)",
}


def _step(case: Case, step: Step) -> Iterator[str]:
    yield f"## {step.title}{_STATES[step.state]}\n"
    for prose in (step.plain, step.why):
        if prose:
            yield f"{_markdown(prose)}\n"
    for mark in step.marks:
        yield f"> {_markdown(mark)}\n"
    if step.numbers:
        yield " · ".join(f"{number.label} **{number.value}**" for number in step.numbers) + "\n"
    more = list(_more(case, step))
    if more:
        yield "<details><summary>More</summary>\n"
        yield from more
        yield "</details>\n"


def _more(case: Case, step: Step) -> Iterator[str]:
    if step.precise:
        yield f"{_markdown(step.precise)}\n"
    if step.parts:
        yield "\n".join(f"- {_code(part.text)}: {_markdown(part.plain)}" for part in step.parts) + "\n"
    if step.shows:
        said = case.request if step.shows == "request" else case.response
        if said.there:
            yield f"```http\n{said.message.head.decode('latin-1').replace(chr(13), '').strip()}\n```\n"
        yield from _fields(case, step)
    for number, rung in enumerate(step.ladder, 1):
        yield f"{number}. {rung.sender} → {rung.receiver}: **{rung.name}**, {'encrypted' if rung.sealed else 'readable'}. {_markdown(rung.plain)}"
    if step.ladder:
        yield ""
    if step.references:
        yield " · ".join(f"[{each.words}]({each.url})" for each in step.references) + "\n"


def _fields(case: Case, step: Step) -> Iterator[str]:
    for note in explain_fields(case, case.request if step.shows == "request" else case.response):
        yield f"- {_code(note.name)}: {_markdown(note.plain)}{' ' + _markdown(note.precise) if note.precise else ''}"
        for part in note.parts:
            yield f"  - {_code(part.text)}: {_markdown(part.plain)}"
    yield ""


def _markdown(prose: Prose) -> str:
    return "".join(
        _code(span.text) if span.kind == "code" else _plain_text(span.text) for span in prose.spans
    )


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}"


def _plain_text(text: str) -> str:
    return re.sub(r"([*_<\[\]\\])", r"\\\1", text)


# --- the same at every run --------------------------------------------------------------------------------

_NICE = {"plain": 8000, "tls12": 8412, "tls13": 8413, "nobody": 8999}
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_CHANGING = (
    (r"\b(?:127\.0\.0\.1|localhost):[1-9]\d{4}\b", lambda found: f"{found[0].partition(':')[0]}:…"),
    (r"\b[\d,.]+ min \d+ s\b|\b[\d,]+(?:\.\d+)? (?:ms|s)\b", lambda _: "… ms"),
    (r" · speed \*\*[^*]*\*\*", lambda _: ""),
    (rf"\b\d{{1,2}} (?:{_MONTHS}) \d{{4}}(?:, \d\d:\d\d)?\b", lambda _: "DATE"),
    (r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT", lambda _: "DATE GMT"),
    (r"\b\d\d:\d\d:\d\d\b", lambda _: "hh:mm:ss"),
)  # fmt: skip


def _steady(text: str, stage: Stage) -> str:
    """The text with what changes from run to run replaced."""
    for number, (name, port) in enumerate(stage.ports.items()):
        text = re.sub(rf"\b{port}\b", str(_NICE.get(name, 8440 + number)), text)
    text = re.sub(rf"\b{stage.proxy}\b", "8080", text)
    for pattern, instead in _CHANGING:
        text = re.sub(pattern, instead, text)
    return text.rstrip() + "\n"


__all__ = ["HOST", "SCENES", "main"]
