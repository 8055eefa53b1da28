"""'Sign in with another site', the whole dance: each step, each way in which it must fail, and once in a real browser."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import KeySet

ADA = {"login": "ada", "password": "salt and rope"}


def shop_at(scheme):
    return f"{scheme}://shop.inspector.test"


def dance(visitor, scheme, answer="yes", login="ada", password="salt and rope"):
    """From the shop's log-in page to its account page; the last response, with all before it in `history`."""
    there = visitor.submit(f"{shop_at(scheme)}/log-in", "/log-in/identity")
    assert there.url.startswith(f"{scheme}://login.identity.test/log-in?next=")
    token = re.search(r'name="token" value="([^"]+)"', there.text)[1]
    where = re.search(r'name="next" value="([^"]+)"', there.text)[1].replace("&amp;", "&")
    form = {"token": token, "next": where, "login": login, "password": password}
    asked = visitor.post(f"{scheme}://login.identity.test/log-in", form)
    assert "asks who you are" in asked.text
    token = re.search(r'name="token" value="([^"]+)"', asked.text)[1]
    return visitor.post(asked.url, {"token": token, "answer": answer})


def test_the_whole_dance(visitor, scheme):
    got = dance(visitor, scheme)
    assert got.url == f"{shop_at(scheme)}/account"
    assert "Good day, Ada Quay" in got.text
    assert "there is no password here" in got.text


def test_what_is_asked_from_server_to_server_passes_the_proxy(visitor, practice, scheme):
    before = len(practice.engine.records.exchanges)
    dance(visitor, scheme)
    exchanges = practice.engine.records.exchanges[before:]
    asked = [
        (each.method, each.path.partition("?")[0]) for each in exchanges if each.host == "login.identity.test"
    ]
    for step in (
        ("GET", "/.well-known/openid-configuration"),
        ("GET", "/oauth/authorize"),
        ("POST", "/oauth/token"),
        ("GET", "/oauth/keys"),
        ("GET", "/oauth/userinfo"),
    ):
        assert any(method == step[0] and target.endswith(step[1]) for method, target in asked), step


def test_the_second_time_it_is_the_same_customer(visitor, practice):
    dance(visitor, "https")
    with practice.visitor() as again:
        assert "Good day, Ada Quay" in dance(again, "http").text


def test_who_says_no_is_not_signed_in(visitor, scheme):
    got = dance(visitor, scheme, answer="no")
    assert got.status_code == 403
    assert "Not signed in" in got.text
    assert visitor.get(f"{shop_at(scheme)}/api/me").status_code == 401


def test_the_same_address_elsewhere_need_not_be_the_same_person(visitor, scheme):
    got = dance(visitor, scheme, login="grace", password="bell and buoy")
    assert got.status_code == 403
    assert "There is an account with this e-mail address already." in got.text


def test_an_answer_that_was_not_asked_for_is_refused(visitor):
    got = visitor.get("https://shop.inspector.test/log-in/identity/back?code=x&state=y")
    assert got.status_code == 403
    assert "not begun here" in got.text


def test_a_code_serves_once(visitor):
    got = dance(visitor, "https")
    back = next(each.url for each in got.history if "/back?" in each.url)
    again = visitor.get(back)
    assert again.status_code == 403


# --- the provider alone ----------------------------------------------------------------------------------

PROVIDER = "https://login.identity.test"
BACK = "https://shop.inspector.test/log-in/identity/back"
SECRET = "practice-secret-of-leaf-and-kettle"
VERIFIER = "v" * 43
CHALLENGE = create_s256_code_challenge(VERIFIER)
QUESTION = {
    "response_type": "code", "client_id": "leaf-and-kettle", "redirect_uri": BACK, "scope": "openid profile email", "state": "s",
    "nonce": "n", "code_challenge_method": "S256",
}  # fmt: skip


@pytest.fixture
def code(visitor):
    """A code, as it stands in the address that the browser is sent back to."""
    visitor.submit(f"{PROVIDER}/log-in", **ADA)
    question = QUESTION | {"code_challenge": CHALLENGE}
    page = visitor.get(f"{PROVIDER}/oauth/authorize", params=question)
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    sent = visitor.post(page.url, {"token": token, "answer": "yes"}, allow_redirects=False)
    answer = parse_qs(urlsplit(sent.headers["Location"]).query)
    assert answer["state"] == ["s"]
    return answer["code"][0]


def exchange(visitor, code, *, secret=SECRET, **more):
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    } | more
    return visitor.post(f"{PROVIDER}/oauth/token", form, auth=("leaf-and-kettle", secret))


def test_what_is_in_the_tokens(visitor, code):
    tokens = exchange(visitor, code).json()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 600
    keys = KeySet.import_key_set(visitor.get(f"{PROVIDER}/oauth/keys").json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["iss"], claims["aud"], claims["sub"], claims["nonce"]) == (
        PROVIDER,
        "leaf-and-kettle",
        "q-1815",
        "n",
    )
    about = visitor.get(
        f"{PROVIDER}/oauth/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
    )
    assert about.json() == {"sub": "q-1815", "name": "Ada Quay", "email": "ada.quay@identity.test"}


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"secret": "wrong"}, "invalid_client"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_request"),
        ({"redirect_uri": "https://elsewhere.test/"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_stolen_code_is_worth_nothing(visitor, code, more, error):
    got = exchange(visitor, code, **more)
    assert got.status_code in {400, 401}
    assert got.json()["error"] == error


def test_a_code_is_exchanged_once(visitor, code):
    assert exchange(visitor, code).status_code == 200
    assert exchange(visitor, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://elsewhere.test/"},
        {"redirect_uri": BACK + "/more"},
        {"response_type": "token"},
        {},
    ],
    ids=["client", "redirect", "longer", "implicit", "no-challenge"],
)
def test_a_question_that_is_not_right_sends_nobody_anywhere(visitor, wrong):
    visitor.submit(f"{PROVIDER}/log-in", **ADA)
    question = QUESTION | ({"code_challenge": CHALLENGE} if wrong else {}) | wrong
    got = visitor.get(f"{PROVIDER}/oauth/authorize", params=question, allow_redirects=False)
    assert got.status_code == 400
    assert "Location" not in got.headers


@pytest.mark.parametrize("token", ["", "Bearer wrong", "Basic abc"])
def test_who_it_is_is_told_only_for_a_token(visitor, token):
    assert visitor.get(f"{PROVIDER}/oauth/userinfo", headers={"Authorization": token}).status_code == 401


def test_the_private_half_of_the_key_stays_at_home(visitor, practice):
    (key,) = visitor.get(f"{PROVIDER}/oauth/keys").json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "use"}
    file = practice.folder / "sites" / "identity" / "signing-key.json"
    assert file.stat().st_mode & 0o077 == 0


def test_a_wrong_password_there(visitor):
    got = visitor.submit(f"{PROVIDER}/log-in", login="ada", password="wrong")
    assert got.status_code == 422


@pytest.mark.browser
def test_the_whole_dance_in_a_browser(visit, scheme):
    visited = visit()
    page = visited.page
    page.goto(f"{shop_at(scheme)}/log-in")
    page.click("text=Sign in with Quayside ID")
    page.wait_for_url("**://login.identity.test/log-in**")
    page.fill("#login", "ada")
    page.fill("#password", "salt and rope")
    page.click("button:text-is('Log in')")
    page.wait_for_url("**://login.identity.test/oauth/authorize**")
    page.click("button:text-is('Agree')")
    page.wait_for_url("**://shop.inspector.test/account")
    assert "Good day, Ada Quay" in page.inner_text("h1")
    assert visited.complaints == []
    cookies = {each["domain"]: each for each in page.context.cookies()}
    assert set(cookies) == {"shop.inspector.test", "login.identity.test"}
    assert all(
        each["httpOnly"] and each["sameSite"] == "Lax" and each["secure"] == (scheme == "https")
        for each in cookies.values()
    )
