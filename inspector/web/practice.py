"""Learn, Practice sites: what there is to visit, a copy of one to take home, and the learner's own site at my.inspector.test, stopped and started."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, TypedDict
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from inspector.lab.applying.steps import STEPS
from inspector.lab.control import Ask, LabUnreachableError, ask
from inspector.lab.mine.server import State
from inspector.lab.sites.practice import HOSTS, MINE, SITES
from inspector.lab.sites.take_home import HELLO, PARCELS, NotEmptyError, begin, take_home
from inspector.web.api.describing import says
from inspector.web.errors import Refusal, not_found
from inspector.web.settings import WebSettings

_MOST_COPIES = 100


class Practice:
    """What the page and the API can do. `state` is None where there is no lab to ask."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings
        self._run = Path(settings.run)
        self.folder = Path(settings.certs).parent / "sites"

    def ask(self, wish: Ask) -> State:
        """Ask the lab; a Refusal where it doesn't answer."""
        if not self._settings.lab_door:
            raise Refusal(
                503, "No practice sites", "Inspector was started without them.", "Leave out --no-lab."
            )
        parts = urlsplit(f"//{self._settings.lab_door}")
        try:
            return ask((parts.hostname or "", parts.port or 0), self._run, wish)
        except LabUnreachableError as error:
            raise Refusal(503, "The practice sites don't answer", str(error)) from error

    def state(self) -> State | None:
        try:
            return self.ask(Ask(do="state"))
        except Refusal:
            return None

    def copies(self) -> list[str]:
        """The names of the folders in HOME/sites."""
        try:
            found = sorted(
                each.name for each in self.folder.iterdir() if each.is_dir() and each.name[0] != "."
            )
        except OSError:
            return []
        return found[:_MOST_COPIES]

    def start(self, copy: str) -> State:
        """Start a copy, by its name among `copies`; without one, the folder from before."""
        if copy and copy not in self.copies():
            raise not_found(f"There is no copy called {copy}.")
        return self.ask(Ask(do="start", folder=str(self.folder / copy) if copy else ""))

    def take(self, site: str) -> Path:
        """Copy a practice site into a folder of its name; into another, where that has something in it already."""
        if site not in PARCELS and site != HELLO:
            raise not_found(f"No practice site is called {site}.")
        for number in range(1, _MOST_COPIES):
            folder = self.folder / (site if number == 1 else f"{site}-{number}")
            try:
                return begin(folder) if site == HELLO else take_home(site, folder)
            except NotEmptyError:
                continue
            except OSError as error:
                raise Refusal(
                    500,
                    "Not copied",
                    f"{folder} cannot be written: {error.strerror or error}.",
                    "Make room, or make the folder yours.",
                ) from error
        raise Refusal(
            409,
            "Too many copies",
            f"There are {_MOST_COPIES} copies of it already.",
            f"Delete some in {self.folder}.",
        )

    def apply(self, do: str) -> State:
        """The next step of applying for a certificate, a renewal, or all of it anew."""
        wish = {"next": Ask(do="apply"), "renew": Ask(do="renew"), "anew": Ask(do="anew")}.get(do)
        if wish is None:
            raise Refusal(400, "Not understood", "do must be next, renew or anew.")
        return self.ask(wish)

    def reset(self, host: str) -> State:
        if host not in HOSTS:
            raise not_found(f"No practice site is called {host}.")
        return self.ask(Ask(do="reset", site=host))


def blueprint(settings: WebSettings) -> Blueprint:
    pages = Blueprint("practice", __name__)
    practice = Practice(settings)

    def back(place: str = "mine") -> Answer:
        return redirect(url_for("practice.show", _anchor=place), 303)

    @pages.get("/learn/practice")
    def show() -> str:
        return render_template(
            "practice.html", sites=SITES, mine=MINE, state=practice.state(), copies=practice.copies(), folder=str(practice.folder),
            runs=settings.lab, parcels=PARCELS, settings=settings,
        )  # fmt: skip

    @pages.post("/learn/practice/start")
    def start() -> Answer:
        practice.start(request.form.get("copy", ""))
        return back()

    @pages.post("/learn/practice/stop")
    def stop() -> Answer:
        practice.ask(Ask(do="stop"))
        return back()

    @pages.post("/learn/practice/take")
    def take() -> Answer:
        took = practice.take(request.form.get("site", ""))
        if practice.state() is not None:
            practice.start(took.name)
        return back()

    @pages.post("/learn/practice/reset")
    def reset() -> Answer:
        host = request.form.get("host", "")
        practice.reset(host)
        return back(host)

    @pages.get("/learn/practice/certificate")
    def certificate() -> str:
        return render_template("practice-certificate.html", steps=STEPS, mine=MINE, state=practice.state())

    @pages.post("/learn/practice/certificate")
    def apply() -> Answer:
        practice.apply(request.form.get("do", ""))
        return redirect(url_for("practice.certificate", _anchor="now"), 303)

    @pages.get("/api/v1/practice/certificate")
    @says("How far applying for a certificate is", tag="Learning", scope="read", gives=Application)
    def application() -> Response:
        return jsonify(_application(practice.state()))

    @pages.post("/api/v1/practice/certificate")
    @says("Apply: the next step, a renewal, or all of it anew", tag="Learning", scope="settings", takes=Applying, gives=Application,
          fails=(409,), example={"do": "next"})  # fmt: skip
    def apply_by_api(body: Applying) -> Response:
        return jsonify(_application(practice.apply(body.do)))

    @pages.get("/api/v1/practice")
    @says(
        "The practice sites, the copies taken home, and your own site",
        tag="Learning",
        scope="read",
        gives=Sites,
    )
    def listed() -> Response:
        sites = [{"name": each.name, "host": each.host, "title": each.title} for each in SITES]
        return jsonify(sites=sites, copies=practice.copies(), mine=_json(practice.state()))

    @pages.post("/api/v1/practice/mine")
    @says("Start or stop your own site at my.inspector.test", tag="Learning", scope="settings", takes=Turn, gives=Mine, fails=(404,),
          detail="`copy` is one of those taken home; without it the folder from before.", example={"do": "start", "copy": "hello"})  # fmt: skip
    def control(body: Turn) -> Response:
        if body.do == "start":
            return jsonify(mine=_json(practice.start(body.copy)))
        return jsonify(mine=_json(practice.ask(Ask(do="stop"))))

    @pages.post("/api/v1/practice/take")
    @says("Copy a practice site into HOME/sites", tag="Learning", scope="settings", takes=Take, gives=Taken, fails=(404, 409), example={"site": "shop"})  # fmt: skip
    def take_by_api(body: Take) -> Response:
        took = practice.take(body.site)
        return jsonify(copy=took.name, folder=str(took))

    @pages.post("/api/v1/practice/reset")
    @says("Have a practice site as at the beginning", tag="Learning", scope="settings", takes=Reset, gives=Mine, fails=(404,),
          example={"host": "shop.inspector.test"})  # fmt: skip
    def reset_by_api(body: Reset) -> Response:
        return jsonify(mine=_json(practice.reset(body.host)))

    return pages


class Applying(msgspec.Struct):
    do: Literal["next", "renew", "anew"]


class Turn(msgspec.Struct):
    do: Literal["start", "stop"]
    copy: str = ""


class Take(msgspec.Struct):
    site: str


class Reset(msgspec.Struct):
    host: str


class Step(TypedDict):
    id: str
    title: str
    done: bool
    said: str


class Application(TypedDict):
    """`failed`: why the last step was in vain."""

    steps: list[Step]
    failed: str
    renewals: int


class MineState(TypedDict):
    """`broken`: it runs, and yet its code could not be loaded; visitors get a page that says why."""

    state: str
    folder: str
    pid: int
    since: float
    trouble: str
    broken: bool
    applied_for: Any


class Mine(TypedDict):
    mine: MineState | None


class Site(TypedDict):
    name: str
    host: str
    title: str


class Sites(Mine):
    sites: list[Site]
    copies: list[str]


class Taken(TypedDict):
    copy: str
    folder: str


def _application(state: State | None) -> dict[str, Any]:
    found = state.application if state else None
    steps = [
        {"id": step.id, "title": step.title, "done": found is not None and number < found.done, "said": found.said.get(step.id, "") if found else ""}
        for number, step in enumerate(STEPS)
    ]  # fmt: skip
    return {
        "steps": steps,
        "failed": found.failed if found else "",
        "renewals": found.renewals if found else 0,
    }


def _json(state: State | None) -> dict[str, Any] | None:
    if state is None:
        return None
    return {
        "state": state.state, "folder": state.folder, "pid": state.pid, "since": state.since, "trouble": state.trouble,
        "broken": bool(state.broken), "applied_for": state.applied_for,
    }  # fmt: skip
