"""`python -m fakes.drive HOME`: a supervisor with fake children, which says in JSON what its screen is told."""

import json
import sys
from pathlib import Path

from inspector.app import home
from inspector.app.errors import CannotStart
from inspector.app.run import LAB_WISH, run
from inspector.app.settings import RunSettings


class Screen:
    def __init__(self, settings: RunSettings, place: home.Home) -> None:
        self._settings = settings

    def started(self, facts: dict) -> None:
        tell(
            {
                "started": True,
                "listen": self._settings.listen,
                "web": self._settings.web,
                "lab": self._settings.lab,
            }
        )

    def say(self, sentence: str, cure: str = "") -> None:
        tell({"said": sentence, "cure": cure})

    def printed(self, line: str) -> None:
        tell({"printed": line})


def tell(what: dict) -> None:
    print(json.dumps(what), flush=True)


def main() -> None:
    place = home.locate(Path(sys.argv[1]), fresh="--fresh" in sys.argv)
    wish = RunSettings(
        name="test",
        home=str(place.root),
        data=str(place.data),
        listen=("127.0.0.1:0",),
        web=("127.0.0.1:0",),
        lab=LAB_WISH if "--lab" in sys.argv else (),
        fresh=place.fresh,
    )
    modules = {role: f"fakes.{role}" for role in ("engine", "recorder", "web", "lab")}
    try:
        run(wish, place, Screen, modules)
    except CannotStart as error:
        tell({"cannot": error.sentence, "cure": error.cure})
        sys.exit(1)


main()
