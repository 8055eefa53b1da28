"""Throttle: a slow network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from inspector.filter.moments import Moment
from inspector.rules.effects import Effect, Pace, Wait
from inspector.rules.errors import RuleMistake
from inspector.rules.model import Action
from inspector.rules.parameters import Parameter, say_size, say_time


class Profile(NamedTuple):
    """A network to imitate: seconds before each request, bytes a second each way."""

    latency: float
    down: float
    up: float


# round numbers near to what people measure there, not those of another tool
PROFILES = {
    "2g": Profile(0.6, 30 * 1024, 15 * 1024),
    "slow-3g": Profile(0.4, 50 * 1024, 40 * 1024),
    "3g": Profile(0.15, 200 * 1024, 90 * 1024),
    "4g": Profile(0.06, 1200 * 1024, 900 * 1024),
    "dsl": Profile(0.03, 800 * 1024, 120 * 1024),
    "satellite": Profile(0.7, 1500 * 1024, 250 * 1024),
}


@dataclass(frozen=True, slots=True)
class Throttle(Action):
    """Bytes pass no faster than this; each exchange on its own."""

    NAME: ClassVar = "throttle"
    TITLE: ClassVar = "Throttle"
    HELP: ClassVar = "A slow network: each request waits, and bytes pass no faster than said. Counted for each exchange on its own."
    MOMENT: ClassVar = Moment.REQUEST_HEAD
    PARAMETERS: ClassVar = (
        Parameter(
            "profile",
            "text",
            "A network to imitate; what is said besides wins over it.",
            "",
            choices=("", *PROFILES),
        ),
        Parameter("latency", "time", "How long each request waits.", None),
        Parameter("down", "rate", "How fast the response's body passes.", None),
        Parameter("up", "rate", "How fast the request's body passes.", None),
    )
    EXAMPLE: ClassVar = 'name = "On the train"\nwhen = "host:shop.test"\ndo = "throttle"\nprofile = "slow-3g"'

    profile: str
    latency: float | None
    down: float | None
    up: float | None

    def __post_init__(self) -> None:
        if not self.profile and self.latency is None and self.down is None and self.up is None:
            raise RuleMistake(
                "it does nothing yet: name a profile, or say latency, down or up.", key="profile"
            )

    @property
    def latest(self) -> Moment:
        """A body that waited until it is whole can't be slowed down any more."""
        return Moment.REQUEST_HEAD

    def _network(self) -> Profile:
        base = PROFILES.get(self.profile, Profile(0, 0, 0))
        chosen = (self.latency, self.down, self.up)
        return Profile(*(usual if said is None else said for said, usual in zip(chosen, base, strict=True)))

    def say(self) -> str:
        network = self._network()
        parts = []
        if network.latency:
            parts.append(f"lets the request wait for {say_time(network.latency)}")
        if network.down:
            parts.append(f"lets at most {say_size(network.down)} of the response pass a second")
        if network.up:
            parts.append(
                f"at most {say_size(network.up)} of the request"
                if network.down
                else f"lets at most {say_size(network.up)} of the request pass a second"
            )
        return ", ".join(parts) or "changes nothing"

    def effects(self) -> tuple[Effect, ...]:
        network = self._network()
        wait = (Wait("request", network.latency),) if network.latency else ()
        pace = (Pace(network.down, network.up),) if network.down or network.up else ()
        return (*wait, *pace)
