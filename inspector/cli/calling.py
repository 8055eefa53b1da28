"""The API of a running Inspector, for commands of whoever may read its home: each call brings a pass that counts for five minutes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.app import home, notice
from inspector.app.addresses import parse_address
from inspector.app.errors import InspectorError
from inspector.app.platform import here
from inspector.cli.status import not_running

if TYPE_CHECKING:
    import requests

_PATIENCE = (5.0, 150.0)  # seconds: to connect, and for a request that waits for its site


class Caller:
    """Calls the API at `base`, with keys from the home's run folder."""

    def __init__(self, base: str, dashboard: str, run: Path) -> None:
        import requests

        from inspector.web.tickets import Keys

        self.dashboard = dashboard.rstrip("/")
        self._base = f"{base}/api/v1"
        self._keys = Keys.load_or_create(run)
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the environment may be Inspector itself

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """The answer to a call. Raises InspectorError with the problem's own sentence and cure."""
        import requests

        fields = {"Authorization": f"Bearer {self._keys.mint_pass()}"}
        try:
            answer = self._session.request(method, self._base + path, headers=fields, timeout=_PATIENCE, allow_redirects=False, **more)  # fmt: skip
        except requests.RequestException as error:
            raise InspectorError(
                "The dashboard does not answer, though Inspector runs.", "It may be starting again: try once more. inspector status says how it is."
            ) from error  # fmt: skip
        if answer.status_code >= 400:
            raise _problem(answer)
        return answer

    def close(self) -> None:
        self._session.close()


def _problem(answer: requests.Response) -> InspectorError:
    try:
        told = answer.json()
        return InspectorError(str(told["detail"]), str(told.get("cure", "")))
    except (ValueError, KeyError, TypeError):
        return InspectorError(
            f"The dashboard answered {answer.status_code}.", "inspector status says how it is."
        )


@contextmanager
def calling(home_folder: Path | None) -> Iterator[Caller]:
    """The running Inspector of a home. Raises InspectorError where none runs."""
    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, here())
    if running is None:
        raise not_running(root)
    caller = Caller(f"http://{parse_address(running.web[0]).reachable}", running.dashboard, place.run)
    try:
        yield caller
    finally:
        caller.close()
