"""The package's build hook: makes the dashboard's bundle before a wheel or an sdist is packed.

hatchling finds it through [tool.hatch.build.hooks.custom] in pyproject.toml. An sdist holds both the
sources and the finished bundle, so a wheel made from it needs no Node. The work is in build_assets.py.
"""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def _build_assets() -> Any:
    spec = importlib.util.spec_from_file_location(
        "inspector_build_assets", Path(__file__).with_name("build_assets.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Bundle(BuildHookInterface[Any]):
    """Runs build_assets.build() first; asks for Node from PyPI when the machine has none and one is needed."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        assets = _build_assets()
        node = shutil.which("node")
        if assets.is_current() or (node and assets.node_version(node) >= assets.OLDEST_NODE):
            return []
        return [assets.NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # A checkout installed in place makes its bundle when it is started: installing it needs no Node.
        if version != "editable":
            _build_assets().build(say=self.app.display_info)
