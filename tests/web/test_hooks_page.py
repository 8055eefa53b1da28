"""Rules > Hooks, and the API of it: how to begin without hooks; with them files, functions, troubles and lines, all of it as text, and veiled where somebody presents."""

from __future__ import annotations

import html

import msgspec
import pytest
from web_fakes import made

from inspector.exchange.hooking import Hook, HookFile, HooksState, Printed, Trouble
from inspector.exchange.model import Decision
from inspector.secrets.exchanges import hide_exchange
from inspector.secrets.hider import Hider
from inspector.store import hook_state
from inspector.web.present.changes import said

STATE = HooksState(
    pid=7,
    files=(
        HookFile(
            path="/home/ada/shop.py", name="shop.py", loaded=1_800_000_000.0,
            hooks=(
                Hook(key="0:request", name="request", line=4, moment="request", when="host:shop.test", says="Exchanges whose host is shop.test or below it",
                     doc="<b>Adds</b> a field.", calls=3, failures=1),
                Hook(key="0:late", name="late", line=9, moment="response", body=False),
            ),
        ),
        HookFile(path="/home/ada/slip.py", name="slip.py", trouble="SyntaxError: '(' was never closed", line=2, traceback="  File <x>"),
    ),
    troubles=(Trouble(at=1_800_000_001.0, hook="shop.py:request", what="shop.py, line 5: KeyError: 'x' token=abcdef123456", traceback="secret", exchange="0" * 32),),
    printed=(Printed(1_800_000_002.0, "password=hunter22"),),
)  # fmt: skip


@pytest.fixture
def hooks(desk):
    hook_state.write(desk.run, STATE)
    yield desk
    hook_state.remove(desk.run)


def page(client, path="/rules/hooks"):
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.get_data(as_text=True))


def test_without_hooks_it_says_how_to_begin(desk):
    client = desk.signed_in()
    text = page(client)
    for words in (
        "from inspector.hooks import Exchange, Response, when",
        "run --hook banner.py",
        "fake_api",
        "No hooks",
    ):
        assert words in text
    assert client.get("/api/v1/hooks").get_json() == {"hooks": None}


def test_with_hooks_it_says_what_is_loaded_what_failed_and_what_was_printed(hooks):
    client = hooks.signed_in()
    raw = client.get("/rules/hooks").get_data(as_text=True)
    assert "<b>Adds</b>" not in raw
    text = page(client)
    for words in (
        "shop.py",
        "called 3 times",
        "failed 1 time",
        "Exchanges whose host is shop.test or below it",
        "<b>Adds</b> a field.",
        "the head alone",
        "Nothing is hooked by this file: line 2",
        "'(' was never closed",
        "line 5: KeyError",
        "password=hunter22",
    ):
        assert words in text, words
    told = client.get("/api/v1/hooks").get_json()["hooks"]
    assert [file["name"] for file in told["files"]] == ["shop.py", "slip.py"]
    assert told["files"][0]["hooks"][0]["calls"] == 3


def test_a_page_that_has_it_all_is_told_so(hooks):
    client = hooks.signed_in()
    assert client.get(f"/rules/hooks?seen={hook_state.stamp(hooks.run)}").status_code == 204


def test_while_somebody_presents_nothing_secret_is_shown(hooks):
    client = hooks.signed_in()
    wish = {"presenter": "on", "next": "/traffic", "csrf_token": hooks.token(client)}
    client.post("/preferences", data=wish)
    for text in (page(client), client.get("/api/v1/hooks").get_data(as_text=True)):
        assert "abcdef123456" not in text
        assert "hunter22" not in text
        assert '"secret"' not in text
        assert "shop.py" in text


DECISIONS = (
    Decision("hooked", "the request (X-Learner)", "shop.py:request"),
    Decision("hook-noted", "thé, token=abcdef123456", "shop.py:request"),
    Decision("hook-failed", "shop.py, line 5: KeyError: 'hunter22'\n  File \"shop.py\", line 5\n    <b>boom</b>", "shop.py:late"),
)  # fmt: skip


def test_an_exchange_says_what_hooks_did_with_the_traceback_folded():
    changed, noted, failed = said(DECISIONS)
    assert changed.sentence == "A hook of yours changed the request (X-Learner)."
    assert noted.sentence == "A hook of yours says: thé, token=abcdef123456"
    assert (
        failed.sentence
        == "A hook of yours failed, and changed nothing: shop.py, line 5: KeyError: 'hunter22'"
    )
    assert failed.more.startswith('  File "shop.py", line 5')


def test_what_leaves_without_secrets_has_none_of_what_hooks_said():
    exchange = msgspec.structs.replace(made(1), decisions=DECISIONS)
    hidden = hide_exchange(Hider(b"k" * 32), exchange).decisions
    assert hidden[0] == DECISIONS[0]
    assert "abcdef123456" not in hidden[1].detail
    assert hidden[2].detail == "shop.py, line 5: KeyError"
