"""The extension: `Inspector(app)`, or `Inspector()` and later `init_app(app)`."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterable
from typing import Any

from inspector.bridge.asking import Asker
from inspector.bridge.code import Code
from inspector.bridge.door import Door
from inspector.bridge.recording import Recording, log
from inspector.bridge.sending import Sender
from inspector.bridge.telling import tell
from inspector.bridge.whereabouts import Finder

SWITCH = "INSPECTOR_BRIDGE"
_ON = frozenset({"1", "on", "yes", "true"})
_OFF = frozenset({"0", "off", "no", "false"})


class Inspector:
    """Shows what a Flask app does, beside each exchange that a running Inspector captures.

    It works while the app is in debug mode. `enabled` says otherwise: True in any mode, False never; the environment variable INSPECTOR_BRIDGE (on, off) goes before it.
    `home` is the home of the Inspector to tell, if it isn't the one that INSPECTOR_HOME names or that `inspector run` uses by itself. `hosts` are names, with
    ports, by which this app is reached besides those of this computer: `("shop.test:8000",)`. Without `ask` Inspector isn't asked for anything: it knows already.
    """

    def __init__(
        self,
        app: Any = None,
        *,
        enabled: bool | None = None,
        home: str | os.PathLike[str] | None = None,
        hosts: Iterable[str] = (),
        ask: bool = True,
    ) -> None:
        self._enabled = enabled
        self._home = home
        self._hosts = tuple(hosts)
        self._asks = ask
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Any) -> None:
        """Stand in front of this app. Of two extensions on one app the first stays."""
        if "inspector" in app.extensions:
            return
        finder = Finder(self._home)
        asker = Asker(finder, app.name, self._hosts) if self._asks else None
        bridge = Bridge(app, self._wanted(), finder, asker)
        app.extensions["inspector"] = bridge
        app.wsgi_app = Door(app.wsgi_app, bridge.begin, bridge.end, bridge.first)
        if asker is not None and bridge.may_be_wanted():
            asker.start()
            bridge.prepare()

    def _wanted(self) -> bool | None:
        """What was said about being on; None: debug mode decides."""
        said = os.environ.get(SWITCH, "").strip().lower()
        return True if said in _ON else False if said in _OFF else self._enabled


class Bridge:
    """One app's side of the bridge. Kept at `app.extensions["inspector"]`."""

    def __init__(self, app: Any, enabled: bool | None, finder: Finder, asker: Asker | None) -> None:
        self._app = app
        self._enabled = enabled
        self._finder = finder
        self._code = Code(app.root_path)
        self._hooked = False
        self._asker = asker
        self.sender = Sender(finder)

    def wanted(self) -> bool:
        """Whether it may do anything at all, now."""
        return bool(self._app.debug) if self._enabled is None else self._enabled

    def may_be_wanted(self) -> bool:
        """The same before the app runs: `app.run(debug=True)` will say so only then, but Werkzeug's reloader shows that it did."""
        return self.wanted() or (self._enabled is None and os.environ.get("WERKZEUG_RUN_MAIN") == "true")

    def prepare(self) -> None:
        """Where an Inspector runs already, follow the databases from now on: an app may connect once and for all before its first request."""
        from inspector.bridge.hooks import install_everywhere  # noqa: PLC0415 - only where it is needed

        with contextlib.suppress(Exception):
            if self._finder.find() is not None:
                install_everywhere()

    def first(self, environ: dict[str, Any]) -> None:
        """The first request has come, and tells the port."""
        if self._asker is not None and self.wanted():
            self._asker.learn(environ.get("SERVER_PORT", ""))

    def begin(self, field: str, environ: dict[str, Any]) -> Recording | None:
        """A recording for a request with the field; None if it isn't from our Inspector, or isn't wanted."""
        try:
            if not self.wanted():
                return None
            named = self._finder.exchange_of(field)
            if named is None:
                return None
            self._hook()
            return Recording(*named, self._code)
        except Exception as error:  # noqa: BLE001 - an app must never hear of it
            log.debug("a request is not followed: %s", error)
            return None

    def end(self, recording: Recording) -> None:
        """The answer is out, as far as the app is concerned."""
        recording.took = recording.now()
        self.sender.put(lambda: tell(recording, self._app.name, framework()))

    def _hook(self) -> None:
        from inspector.bridge.hooks import install_everywhere, install_on  # noqa: PLC0415 - only where it is needed

        if not self._hooked:
            self._hooked = True
            install_on(self._app)
        install_everywhere()


@functools.cache
def framework() -> str:
    """The framework with its version."""
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return f"Flask {version('flask')}"
    except PackageNotFoundError:
        return "Flask"
