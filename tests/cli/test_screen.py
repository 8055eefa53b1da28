"""The first screen, word for word."""

from __future__ import annotations

import click
import pytest

from inspector.app import home
from inspector.app.errors import InspectorError
from inspector.app.settings import RunSettings
from inspector.cli.main import Failed
from inspector.cli.screen import Screen, first_screen

LINK = "http://inspector.localhost:8081/sign-in?ticket=abc"


@pytest.fixture
def screen(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("inspector.app.command._own_name", lambda: "inspector")
    monkeypatch.setenv(home.VARIABLE, str(tmp_path))

    def show(*, opened=False, windows=False, fresh=False, note="", **told):
        settings = RunSettings(name="x", home=str(tmp_path), data=str(tmp_path), fresh=fresh, **told)
        place = home.Home(tmp_path, tmp_path, fresh=fresh, note=note)
        return click.unstyle(first_screen(settings, place, link=LINK, opened=opened, windows=windows))

    return show


def test_opened_in_a_browser(screen):
    assert (
        screen(opened=True, windows=True)
        == """
Inspector is running, for this computer only.

  Dashboard   http://inspector.localhost:8081/    opened in your browser (again: inspector open)
  Proxy       127.0.0.1:8080
  Next        press "Start learning" there, or in a second terminal:  inspector browse

Nothing on this computer was changed. Only windows opened from Inspector are captured. Ctrl-C stops it.
"""
    )


def test_without_a_screen_a_program_is_the_next_step(screen):
    text = screen()
    assert (
        "  Next        in a second terminal:  curl --proxy 127.0.0.1:8080 --cacert certs/ca.pem https://example.com/\n"
        in text
    )
    assert "Only programs that you point at the proxy are captured." in text


def test_without_a_browser_the_link_is_there_to_open(screen):
    assert f"  Dashboard   {LINK}\n              open this link (a fresh one: inspector open)\n" in screen()


def test_in_front_of_one_site(screen):
    text = screen(reverse="http://127.0.0.1:5000", listen=("0.0.0.0:8080",))
    assert "Inspector is running, for whoever can reach it." in text
    assert "  Proxy       0.0.0.0:8080    stands in front of http://127.0.0.1:5000\n" in text
    assert "  Next        open http://127.0.0.1:8080/ in a browser\n" in text


def test_for_other_computers(screen):
    text = screen(listen=("0.0.0.0:8080",), proxy_auth="me:secret")
    assert "for other computers too, with the log-in of --proxy-auth" in text
    assert "--proxy-user USER:PASSWORD" in text
    assert "secret" not in text


def test_the_systems_proxy_is_named_without_its_password(screen):
    text = screen(upstream_proxy="http://me:secret@p:3128", upstream_found_in="the system's settings")
    assert "  Upstream    http://me:…@p:3128    found in the system's settings\n" in text


def test_what_should_not_be_overlooked(screen):
    assert "(--no-verify-upstream)" in screen(verify_upstream=False)
    kept = screen(keylog="/elsewhere/keys.log")
    assert (
        "  Careful     the keys of all TLS connections are written to /elsewhere/keys.log (--keylog):\n"
        in kept
    )
    assert "              whoever has that file can read every recording of them\n" in kept
    assert "  Captures    They are elsewhere.\n" in screen(note="They are elsewhere.")
    assert "All that is captured is deleted when it stops." in screen(fresh=True)


def test_what_is_decrypted_when_that_is_not_everything(screen):
    text = screen(only=("a.test", "b.test"), passthrough=tuple(f"{n}.test" for n in range(6)))
    assert "  Decrypted   only a.test, b.test; HTTPS to others passes through encrypted (--only)\n" in text
    assert "  Encrypted   0.test, 1.test, 2.test, 3.test and 2 more: left as it is (--passthrough)\n" in text
    assert "crypted" not in screen()


EVIL = "hooks.py: \x1b]0;another title\x07\x9b31m a\u202eb\ttab"
SHOWN = "hooks.py: \N{REPLACEMENT CHARACTER}]0;another title\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}31m a\N{REPLACEMENT CHARACTER}b\ttab"


def test_what_hooks_print_does_not_speak_to_the_terminal(tmp_path, capsys):
    settings = RunSettings(name="x", home=str(tmp_path), data=str(tmp_path))
    says = Screen(settings, home.Home(tmp_path, tmp_path), open_browser=False)
    says.printed(EVIL)
    says.say(EVIL, EVIL)
    out, err = capsys.readouterr()
    assert click.unstyle(out) == f"| {SHOWN}\n"
    assert click.unstyle(err) == f"! {SHOWN}\n  {SHOWN}\n"


def test_nor_does_a_mistake_that_quotes_something(capsys):
    Failed(InspectorError(EVIL, EVIL)).show()
    assert click.unstyle(capsys.readouterr().err) == f"inspector: {SHOWN}\n  {SHOWN}\n"
