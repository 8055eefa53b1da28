"""docs/api.md holds every call and every scope. `python tests/docs/test_api_docs.py` writes them there anew. Its examples are run by tests/cli/test_send.py."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from inspector.store.captures import Captures
from inspector.store.settings import Settings
from inspector.web.api.document import TAGS, calls
from inspector.web.api.scopes import SCOPES
from inspector.web.app import create_app
from inspector.web.settings import WebSettings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "api.md"


def _calls(home: Path) -> str:
    (home / "run").mkdir()
    captures, settings = Captures(home), Settings(home)
    found = tuple(calls(create_app(WebSettings(run=str(home / "run")), captures, settings, tuple)))
    captures.close()
    settings.close()
    lines = ["| | call | scope | |", "| --- | --- | --- | --- |"]
    for tag, words in TAGS.items():
        mine = [call for call in found if call.operation.tag == tag]
        lines += [f"| | **{tag}** | | {words} |"] if mine else []
        for call in mine:
            scope = "an app's own token" if call.operation.machines else call.operation.scope
            lines.append(f"| {call.method} | `{call.path}` | {scope} | {call.operation.summary} |")
    return "\n".join(lines)


def _scopes() -> str:
    return "\n".join(["| scope | what a token with it may |", "| --- | --- |", *(f"| `{scope}` | {words} |" for scope, words in SCOPES.items())])  # fmt: skip


def _renewed(text: str, home: Path) -> str:
    for name, part in (("scopes", _scopes()), ("calls", _calls(home))):
        text = re.sub(
            rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda found, part=part: f"{found[1]}{part}\n{found[2]}", text, flags=re.DOTALL
        )  # fmt: skip
    return text


def test_the_page_holds_every_call_and_every_scope(tmp_path):
    text = PAGE.read_text(encoding="utf-8")
    assert text == _renewed(text, tmp_path)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(_renewed(PAGE.read_text(encoding="utf-8"), Path(folder)), encoding="utf-8")
