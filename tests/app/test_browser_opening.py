"""What a window is to be, from what a person asked for and from what runs."""

from __future__ import annotations

import pytest

from inspector.app.browsers.kinds import Area
from inspector.app.browsers.opening import START, Ask, as_url, wish
from inspector.app.errors import InspectorError
from inspector.app.home import Home
from inspector.app.notice import Running
from inspector.pki.authority import Authority
from inspector.pki.constraints import Scope


class System:
    """A computer with this screen, or with one that nobody tells about."""

    def __init__(self, screen=None):
        self._screen = screen

    def screen(self):
        return self._screen


@pytest.fixture
def place(tmp_path):
    return Home(tmp_path, tmp_path)


@pytest.fixture
def authority(place):
    return Authority.load_or_create(place.certs)


def running(**more):
    usual = {"pid": 1, "version": "1", "started": 0.0, "home": "/h", "listen": ("127.0.0.1:8080",), "web": ("127.0.0.1:8081",),
             "web_name": "inspector.localhost", "dashboard": "http://inspector.localhost:8081/"}  # fmt: skip
    return Running(**usual | more)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("example.com", "https://example.com"),
        (" example.com/a?b=c#d ", "https://example.com/a?b=c#d"),
        ("http://example.com/", "http://example.com/"),
        ("HTTPS://example.com/", "HTTPS://example.com/"),
        ("localhost:5000", "http://localhost:5000"),
        ("localhost:5000/login", "http://localhost:5000/login"),
        ("127.0.0.1:8000/x", "http://127.0.0.1:8000/x"),
        ("[::1]:8000", "http://[::1]:8000"),
        ("shop.inspector.test", "http://shop.inspector.test"),
        ("app.localhost", "http://app.localhost"),
        ("example.com:8443/a", "https://example.com:8443/a"),
        ("//example.com", "https://example.com"),
        ("müller.example", "https://müller.example"),
    ],
)
def test_an_address_as_people_type_it(typed, url):
    assert as_url(typed) == url


@pytest.mark.parametrize(
    "typed",
    ["javascript:alert(1)", "file:///etc/passwd", "chrome://settings", "about:blank", "data:text/html,x", "https://", "a b",
     "https://a b/", "http://[::1", "http://x:99999/", "http://x\n--proxy-server=y", "http:///path", ""],
)  # fmt: skip
def test_what_is_no_sites_address_is_refused_with_a_sentence(typed):
    with pytest.raises(InspectorError) as refused:
        as_url(typed)
    assert "is not an address" in refused.value.sentence
    assert "https://example.com/" in refused.value.cure


def test_an_address_never_becomes_an_option():
    assert as_url("--proxy-server=evil").startswith("http")


def test_without_an_address_it_opens_the_start_page(place, authority):
    assert wish(Ask(), place, running(), System()).url == START


def test_it_uses_the_listener_that_asks_for_no_login(place, authority):
    several = running(listen=("0.0.0.0:9000", "127.0.0.1:8080"))
    assert wish(Ask(), place, several, System()).proxy == ("127.0.0.1", 8080)
    assert wish(Ask(), place, running(listen=("0.0.0.0:9000",)), System()).proxy == ("127.0.0.1", 9000)


def test_the_dashboard_is_gone_round_in_every_spelling(place, authority):
    around = wish(
        Ask(), place, running(web=("0.0.0.0:81", "192.0.2.1:82"), web_name="inspector.lan"), System()
    ).around
    assert {
        "127.0.0.1:81",
        "localhost:81",
        "*.localhost:81",
        "[::1]:81",
        "192.0.2.1:82",
        "inspector.lan:81",
    } <= set(around)


def test_it_believes_the_authority_of_this_home(place, authority):
    made = wish(Ask(), place, running(), System())
    assert (made.authority, made.key_hash) == (authority.pem, authority.spki_sha256_base64)


def test_it_accepts_a_practice_authoritys_intermediate_which_is_what_the_proxy_sends(place):
    practice = Authority.create(place.certs, Scope.parse("example.com"))
    made = wish(Ask(), place, running(), System())
    assert made.authority == practice.pem
    assert practice.spki_sha256_base64 in made.key_hash.split(",")


def test_beside_is_the_right_half_of_the_screen_or_of_a_likely_one(place, authority):
    assert wish(Ask(beside=True), place, running(), System(Area(0, 0, 2000, 1000))).area == Area(
        1000, 0, 1000, 1000
    )
    assert wish(Ask(beside=True), place, running(), System()).area is not None
    assert wish(Ask(), place, running(), System(Area(0, 0, 2000, 1000))).area is None
    assert wish(Ask(area=Area(1, 2, 3, 4)), place, running(), System()).area == Area(1, 2, 3, 4)


def test_in_front_of_one_site_no_window_is_needed(place, authority):
    with pytest.raises(InspectorError, match=r"stands in front of http://127.0.0.1:5000"):
        wish(Ask(), place, running(reverse="http://127.0.0.1:5000"), System())


def test_a_missing_authority_is_said(place):
    with pytest.raises(InspectorError, match=r"ca\.pem cannot be read"):
        wish(Ask(), place, running(), System())
