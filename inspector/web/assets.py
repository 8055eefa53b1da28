"""The style and script bundle: `asset("app.css")` is the address of that file's built, hashed copy."""

from __future__ import annotations

from pathlib import Path

import msgspec


class BundleMissing(RuntimeError):  # noqa: N818 - a state of affairs, told to a person
    """The npm build has not been run, or did not make this file."""


class Assets:
    """The bundle's manifest (`{"app.css": "app-1a2b3c4d.css", …}`), read again when it was built anew."""

    __slots__ = ("_manifest", "_names", "_stamp")

    def __init__(self, dist: Path) -> None:
        self._manifest = dist / "manifest.json"
        self._stamp = 0.0
        self._names: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        """The address of a bundle file; BundleMissing when there is none."""
        self._refresh()
        built = self._names.get(name)
        if built is None:
            raise BundleMissing(f"The bundle has no {name}.")
        return f"/static/dist/{built}"

    def _refresh(self) -> None:
        try:
            stamp = self._manifest.stat().st_mtime
            if stamp != self._stamp:
                self._names = msgspec.json.decode(self._manifest.read_bytes(), type=dict[str, str])
                self._stamp = stamp
        except (OSError, msgspec.DecodeError) as error:
            raise BundleMissing("The dashboard's style and scripts have not been built.") from error
