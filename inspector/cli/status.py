"""`inspector status`: whether it runs, where, and how each of its processes is."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from inspector.app import home, notice
from inspector.app.command import command as own_command
from inspector.app.errors import InspectorError
from inspector.app.notice import Running
from inspector.app.platform import here
from inspector.cli.options import home_option

LAB = "the practice sites, such as http://shop.inspector.test/,"


@click.command("status")
@home_option
@click.option("--json", "as_json", is_flag=True, help="Print it for programs.")
def command(home_folder: Path | None, as_json: bool) -> None:
    """Say whether Inspector runs, where, and how it is. Exit code 1 if it does not run."""
    root = home.choose(home_folder)
    place = home.locate(root)
    running = notice.read(place.run, here())
    if as_json:
        click.echo(json.dumps(_for_programs(running, place.run, root), indent=2))
        raise SystemExit(0 if running else 1)
    if running is None:
        raise not_running(root)
    click.echo(_for_people(running, place.run))


def not_running(root: Path) -> InspectorError:
    """What to say where a running Inspector is needed."""
    return InspectorError(
        f"Inspector does not run on the home {root}.",
        f"Start it: {own_command('run', root=root)}. For another home: --home DIR.",
    )


def _boards(run: Path) -> list[dict[str, Any]]:
    import msgspec

    from inspector.store.status import read_boards

    return [msgspec.to_builtins(board) for board in read_boards(run)]


def _for_programs(running: Running | None, run: Path, root: Path) -> dict[str, Any]:
    import msgspec

    if running is None:
        return {"running": False, "home": str(root)}
    return {"running": True, **msgspec.to_builtins(running), "processes": _boards(run)}


def _for_people(running: Running, run: Path) -> str:
    lines = [
        f"Inspector {running.version} has been running for {_ago(running.started)} (process {running.pid}).",
        "",
        f"  Dashboard   {running.dashboard}    (sign in: {own_command('open', root=Path(running.home))})",
        f"  Proxy       {', '.join(running.listen)}",
        f"  Home        {running.home}",
    ]
    boards = {board["role"]: board for board in _boards(run)}
    for role, pid in running.children.items():
        again = f", started again {times} times" if (times := running.restarts.get(role)) else ""
        trouble = f": {boards[role]['failing']}" if boards.get(role, {}).get("failing") else ""
        place = f"    {LAB} through the proxy" if role == "lab" else ""
        lines.append(f"  {role.capitalize():<12}process {pid}{again}{trouble}{place}")
    engine = boards.get("engine")
    if engine:
        lost = f", {engine['lost']:,} lost" if engine["lost"] else ""
        lines.append(f"  Exchanges   {engine['exchanges']:,} since the engine started{lost}")
    return "\n".join(lines)


def _ago(started: float) -> str:
    seconds = max(0, int(time.time() - started))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = seconds // size
            return f"{count} {unit}{'s' if count > 1 else ''}"
    return f"{seconds} seconds"
