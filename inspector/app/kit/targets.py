"""The systems that a kit is for, as pip and as package metadata call them."""

from __future__ import annotations

from dataclasses import dataclass

PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True, slots=True)
class Machine:
    """One kind of computer: pip's platform tags, the newest that will do first."""

    name: str
    tags: tuple[str, ...]
    machine: str


@dataclass(frozen=True, slots=True)
class Target:
    """A system. `environment` is what conditions in package metadata ask of it; `script` the file to double-click."""

    name: str
    title: str
    machines: tuple[Machine, ...]
    environment: dict[str, str]
    script: str


def _linux(machine: str) -> Machine:
    versions = (39, 34, 31, 28, 27, 24, 17, 12, 5)
    newer = tuple(f"manylinux_2_{each}_{machine}" for each in versions)
    return Machine(f"linux-{machine}", (*newer, f"manylinux2014_{machine}"), machine)


TARGETS: dict[str, Target] = {
    "windows": Target(
        "windows", "Windows",
        (Machine("windows-amd64", ("win_amd64",), "AMD64"),),
        {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
        "install-windows.cmd",
    ),
    "macos": Target(
        "macos", "macOS",
        (
            Machine("macos-arm64", ("macosx_14_0_arm64",), "arm64"),
            Machine("macos-x86_64", ("macosx_14_0_x86_64",), "x86_64"),
        ),
        {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
        "install-macos.command",
    ),
    "linux": Target(
        "linux", "Linux",
        (_linux("x86_64"),),
        {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
        "install-linux.sh",
    ),
}  # fmt: skip


def conditions(target: Target, machine: Machine, python: str) -> dict[str, str]:
    """What `; sys_platform == "win32"` and its like are asked against."""
    return {
        **target.environment,
        "platform_machine": machine.machine,
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
