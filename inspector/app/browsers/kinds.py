"""Which browsers a captured window can be, and the words that the parts of this folder share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol

Family = Literal["chromium", "firefox"]
Package = Literal["", "snap", "flatpak"]


class Kind(NamedTuple):
    """A browser by the name that --browser takes, what it is called, and whose ways it has."""

    key: str
    name: str
    family: Family


# In the order in which they are looked for.
KINDS = {
    kind.key: kind
    for kind in (
        Kind("chrome", "Google Chrome", "chromium"),
        Kind("chromium", "Chromium", "chromium"),
        Kind("edge", "Microsoft Edge", "chromium"),
        Kind("brave", "Brave", "chromium"),
        Kind("firefox", "Firefox", "firefox"),
    )
}


@dataclass(frozen=True, slots=True)
class Browser:
    """A browser that is installed here.

    `command` starts it. What comes as a snap or a flatpak sees little of the disk: its profiles must lie in `room`.
    `folder` is where its program lies, for the policies beside it.
    """

    kind: Kind
    command: tuple[str, ...]
    package: Package = ""
    room: Path | None = None
    folder: Path | None = None

    @property
    def name(self) -> str:
        return f"{self.kind.name} ({self.package})" if self.package else self.kind.name


class Ordered(NamedTuple):
    """A policy that an administrator set for a browser: its name, its value, and where that stands."""

    name: str
    value: Any
    where: str


class Area(NamedTuple):
    """A part of the screen, in the units in which the system places windows."""

    left: int
    top: int
    width: int
    height: int

    def right_half(self) -> Area:
        """Where a window stands that is put beside another one."""
        half = self.width // 2
        return Area(self.left + self.width - half, self.top, half, self.height)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a captured window shall be.

    `proxy` is our proxy as (host, port), `around` the addresses that go past it: the dashboard's. `authority` is our
    certificate (PEM), `key_hash` the SHA-256 of its public key as base64. `area` is where it stands; None: as it likes.
    """

    url: str
    proxy: tuple[str, int]
    around: tuple[str, ...]
    authority: bytes
    key_hash: str
    area: Area | None = None
    headless: bool = False
    debugging_port: int | None = None


class Launch(NamedTuple):
    """How a prepared profile is started: what follows the command, and what the environment has besides its own."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]


class System(Protocol):
    """One operating system, as far as browsers go."""

    def installed(self) -> Iterable[Browser]:
        """All browsers that are found here, in the order of KINDS."""

    def at(self, path: Path) -> Browser | None:
        """The browser whose program (or application folder) is at `path`."""

    def orders(self, browser: Browser) -> list[Ordered]:
        """The policies that an administrator set for this browser."""

    def screen(self) -> Area | None:
        """The part of the main screen that windows may use, if the system tells."""

    def uses(self, folder: Path) -> bool:
        """Whether a running program has its profile in `folder`."""


def guess(program: str) -> Kind:
    """Which browser a program is, judged by its file's name; one that nobody knows is taken for a Chromium."""
    name = program.lower()
    for key, parts in _NAMES.items():
        if any(part in name for part in parts):
            return KINDS[key]
    return Kind("other", program, "chromium")


_NAMES = {
    "firefox": ("firefox", "librewolf", "waterfox", "floorp", "zen"),
    "chromium": ("chromium",),
    "edge": ("edge",),
    "brave": ("brave",),
    "chrome": ("chrome",),
}
