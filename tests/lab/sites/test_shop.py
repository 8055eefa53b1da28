"""The shop: what its pages, its forms and its API answer, whichever store it runs on."""

from __future__ import annotations

import re

import pytest
import zstandard

SHOP = "http://shop.inspector.test"


@pytest.fixture(params=["tables", "documents", "keys"])
def shopper(visitor, request):
    """A visitor who is answered by one of the stores."""
    visitor.submit(f"{SHOP}/databases", "/databases/use", store=request.param)
    assert f"answered by <strong>{request.param}</strong>" in visitor.get(f"{SHOP}/").text
    return visitor


# --- the shelf -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "first", "count"),
    [("", "Assam", 12), ("?kind=pot", "Harbour", 4), ("?sort=price", "Lemon balm", 12), ("?q=PINE", "Lapsang", 1), ("?kind=mug&q=grass", None, 0), ("?q=%25", None, 0), ("?q=.*", None, 0)],
)  # fmt: skip
def test_the_shelf_shows_what_is_asked_for(shopper, query, first, count):
    names = re.findall(r"<strong>([^<]+)</strong></a>", shopper.get(f"{SHOP}/{query}").text)
    assert len(names) == count
    assert not first or names[0].startswith(first)


@pytest.mark.parametrize(
    "path",
    [
        "/?kind=car",
        "/?sort=colour",
        "/products/nothing",
        "/pictures/nothing.svg",
        "/orders/LK-1",
        "/api/products/nothing",
    ],
)
def test_what_is_not_there_is_404(visitor, path):
    assert visitor.get(SHOP + path).status_code == 404


def test_a_search_is_shown_as_text(visitor):
    assert "<script>alert" not in visitor.get(f"{SHOP}/?q=<script>alert(1)</script>").text


def test_a_review_is_added_and_shown_as_text(shopper):
    page = f"{SHOP}/products/tide"
    sent = shopper.submit(page, f"{SHOP}/products/tide/reviews", author="Eve", stars="9", text="<b>good</b>")
    assert sent.history[0].status_code == 303
    assert "&lt;b&gt;good&lt;/b&gt;" in sent.text
    assert "5 of 5 stars" in sent.text


def test_pictures_are_drawn_and_can_be_asked_about(visitor):
    first = visitor.get(f"{SHOP}/pictures/tide.svg")
    assert first.headers["Content-Type"].startswith("image/svg+xml")
    again = visitor.get(f"{SHOP}/pictures/tide.svg", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


# --- basket and orders -----------------------------------------------------------------------------------


def test_from_the_shelf_to_an_order(shopper):
    shopper.submit(f"{SHOP}/products/snow", "/basket", product="snow", count="2")
    basket = shopper.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="1")
    assert "€ 138.00" in basket.text
    done = shopper.submit(f"{SHOP}/checkout", email="eve@example.org", address="5 Far Street")
    assert done.history[0].status_code == 303
    assert "5 Far Street" in done.text
    assert shopper.get(done.url).status_code == 200
    assert "It is empty" in shopper.get(f"{SHOP}/basket").text
    assert "sold out" in shopper.get(f"{SHOP}/").text
    shopper.cookies.clear()
    assert shopper.get(done.url).status_code == 404


def test_who_comes_too_late_gets_nothing_and_keeps_the_basket(shopper, practice):
    shopper.submit(f"{SHOP}/products/snow", "/basket", product="snow", count="2")
    with practice.visitor() as faster:
        faster.submit(f"{SHOP}/products/snow", "/basket", product="snow", count="1")
        faster.submit(f"{SHOP}/checkout", email="a@b", address="1 Near Street")
    late = shopper.submit(f"{SHOP}/checkout", email="eve@example.org", address="5 Far Street")
    assert "There are not so many of Snow left. Nothing was bought." in late.text
    assert "Snow" in shopper.get(f"{SHOP}/basket").text
    stock = {each["slug"]: each["stock"] for each in shopper.get(f"{SHOP}/api/products").json()}
    assert stock["snow"] == 1


def test_a_count_of_nothing_takes_it_out(shopper):
    shopper.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="3")
    assert "It is empty" in shopper.submit(f"{SHOP}/basket", product="tide", count="0").text


def test_a_wrong_form_comes_back_with_what_was_typed(visitor):
    visitor.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="1")
    got = visitor.submit(f"{SHOP}/checkout", email="nobody", address="")
    assert got.status_code == 422
    assert 'value="nobody"' in got.text
    assert got.text.count('aria-invalid="true"') == 2


def test_an_empty_basket_cannot_be_bought(visitor):
    assert visitor.get(f"{SHOP}/checkout").url == f"{SHOP}/basket"
    assert (
        visitor.submit(
            f"{SHOP}/basket" if False else f"{SHOP}/wishes", "/checkout", email="a@b", address="12345"
        ).status_code
        == 422
    )


@pytest.mark.parametrize(
    "next_", ["//elsewhere.test/", "https://elsewhere.test/", "/\\elsewhere.test", "elsewhere.test"]
)
def test_no_form_leads_to_another_site(visitor, next_):
    got = visitor.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="1", next=next_)
    assert got.url == f"{SHOP}/"


# --- databases -------------------------------------------------------------------------------------------


def test_the_page_shows_what_each_store_was_asked_for_the_last_clicks(shopper):
    shopper.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="2")
    shopper.submit(f"{SHOP}/checkout", email="eve@example.org", address="5 Far Street")
    last = shopper.get(f"{SHOP}/databases").text
    assert "What each was asked for <code>GET /orders/LK-" in last
    before = shopper.get(f"{SHOP}/databases?click=1").text
    assert "What each was asked for <code>POST /checkout</code>" in before
    for words in (
        "UPDATE products SET stock=",
        "COMMIT",
        "db.orders.insertMany(",
        "updateOne(",
        "HINCRBY product:tide stock -2",
        "DEL basket:",
    ):
        assert words.replace('"', "&#34;") in before, words
    assert 'class="wrong"' not in before
    for index in ("99", "-1", "x"):
        assert shopper.get(f"{SHOP}/databases?click={index}").status_code == 200


def test_a_visitor_sees_only_their_own_clicks(visitor, practice):
    visitor.get(f"{SHOP}/?q=my+secret+search")
    with practice.visitor() as other:
        assert "secret" not in other.get(f"{SHOP}/databases").text


def test_a_statement_changes_what_the_page_shows(visitor):
    ran = visitor.submit(
        f"{SHOP}/databases",
        "/databases/run",
        statement="UPDATE products SET name = 'Wave' WHERE slug = 'tide'",
    )
    assert "1 row changed" in ran.text
    assert "Wave" in visitor.get(f"{SHOP}/products/tide").text
    visitor.submit(f"{SHOP}/databases", "/databases/use", store="documents")
    assert "Tide" in visitor.get(f"{SHOP}/products/tide").text


def test_a_table_that_is_gone_is_told_and_can_be_put_back(visitor):
    visitor.submit(f"{SHOP}/databases", "/databases/run", statement="ALTER TABLE products RENAME TO gone")
    broken = visitor.get(f"{SHOP}/")
    assert broken.status_code == 500
    assert "no such table: products" in broken.text
    assert "Put everything back" in broken.text
    visitor.submit(f"{SHOP}/", "/databases/reset")
    assert "Tide" in visitor.get(f"{SHOP}/").text


@pytest.mark.parametrize("name", ["tables", "documents", "keys"])
def test_all_of_a_store_can_be_looked_at(visitor, name):
    assert "Sencha" in visitor.get(f"{SHOP}/databases/{name}").text
    assert visitor.get(f"{SHOP}/databases/nothing").status_code == 404


# --- accounts --------------------------------------------------------------------------------------------


def test_log_in_and_out(visitor, scheme):
    shop = SHOP.replace("http", scheme)
    assert visitor.get(f"{shop}/account").url.startswith(f"{shop}/log-in")
    inside = visitor.submit(f"{shop}/log-in", email="ADA@example.org", password="correct horse")
    assert inside.url == f"{shop}/account"
    assert "Good day, Ada" in inside.text
    visitor.submit(f"{shop}/account", "/log-out")
    assert visitor.get(f"{shop}/account").url.startswith(f"{shop}/log-in")


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org"])
def test_a_wrong_name_and_a_wrong_password_are_told_the_same(visitor, email):
    got = visitor.submit(f"{SHOP}/log-in", email=email, password="wrong")
    assert got.status_code == 422
    assert "E-mail address and password do not belong together." in got.text


def test_the_session_is_another_after_the_log_in_and_the_basket_the_same(visitor):
    visitor.submit(f"{SHOP}/products/tide", "/basket", product="tide", count="1")
    before = visitor.cookies["shop"]
    visitor.submit(f"{SHOP}/log-in", email="ada@example.org", password="correct horse")
    assert visitor.cookies["shop"] != before
    assert "Tide" in visitor.get(f"{SHOP}/basket").text


def test_passwords_are_kept_as_hashes_only(visitor):
    got = visitor.submit(f"{SHOP}/register", name="Eve", email="eve@example.org", password="a few good words")
    assert "Good day, Eve" in got.text
    table = visitor.get(f"{SHOP}/databases/tables").text
    assert "scrypt:" in table
    assert "a few good words" not in table


@pytest.mark.parametrize(
    ("email", "password", "why"),
    [
        ("ada@example.org", "long enough", "already"),
        ("nonsense", "long enough", "@"),
        ("a@b", "short", "8 characters"),
    ],
)
def test_who_cannot_register_is_told_why(visitor, email, password, why):
    got = visitor.submit(f"{SHOP}/register", name="Eve", email=email, password=password)
    assert got.status_code == 422
    assert why in got.text


def test_401_and_403_are_two_things(visitor):
    assert visitor.get(f"{SHOP}/staff").status_code == 401
    visitor.submit(f"{SHOP}/log-in", email="ada@example.org", password="correct horse")
    assert visitor.get(f"{SHOP}/staff").status_code == 403
    visitor.submit(f"{SHOP}/log-in", email="grace@example.org", password="battery staple")
    assert visitor.get(f"{SHOP}/staff").status_code == 200


def test_the_cookie_is_marked_as_its_connection_deserves(visitor, scheme):
    set_cookie = visitor.get(f"{scheme}://shop.inspector.test/log-in").headers["Set-Cookie"]
    assert "HttpOnly" in set_cookie
    assert "SameSite=Lax" in set_cookie
    assert set_cookie.startswith("__Host-shop=" if scheme == "https" else "shop=")
    assert ("Secure" in set_cookie) == (scheme == "https")


# --- forms without the token -----------------------------------------------------------------------------

FORMS = ["/basket", "/checkout", "/log-in", "/log-out", "/register", "/account/address", "/wishes", "/wishes/w1/votes", "/wishes/w1/delete", "/databases/use", "/databases/run", "/databases/reset", "/products/tide/reviews", "/log-in/identity", "/try/upload", "/try/cookie"]  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
@pytest.mark.parametrize("token", ["", "wrong", "ü"])
def test_no_form_is_taken_without_its_token(visitor, path, token):
    visitor.get(f"{SHOP}/log-in")
    got = visitor.post(SHOP + path, {"token": token})
    assert got.status_code == 400
    assert "token is missing or wrong" in got.text


def test_the_answer_to_a_forged_form_takes_nobodys_session_away(visitor):
    got = visitor.post(f"{SHOP}/account/address", {"address": "Crook Lane"})
    assert got.status_code == 400
    assert "Set-Cookie" not in got.headers


# --- the API ---------------------------------------------------------------------------------------------


def test_create_read_update_delete(shopper):
    made = shopper.post(f"{SHOP}/api/wishes", json={"title": "Honey"})
    assert made.status_code == 201
    where = SHOP + made.headers["Location"]
    assert shopper.get(where).json() == made.json() | {"votes": 0, "note": ""}
    assert shopper.patch(where, json={"votes": 7}).json()["votes"] == 7
    assert shopper.put(where, json={"title": "Jam", "note": "red"}).json() == made.json() | {
        "title": "Jam",
        "note": "red",
    }
    assert [each["title"] for each in shopper.get(f"{SHOP}/api/wishes").json()] == [
        "Biscuits",
        "Earl Grey",
        "A strainer that fits the small pot",
        "Jam",
    ]
    assert shopper.delete(where).status_code == 204
    assert shopper.delete(where).status_code == 404
    assert shopper.get(where).status_code == 404
    assert shopper.put(f"{SHOP}/api/wishes/mine", json={"title": "Jam"}).status_code == 201
    assert shopper.put(f"{SHOP}/api/wishes/mine", json={"title": "Jam"}).status_code == 200


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ('{"title": "x"}', "text/plain", 415), ("{", "application/json", 400), ("[]", "application/json", 422),
        ("{}", "application/json", 422), ('{"title": 1}', "application/json", 422), ('{"title": "x", "votes": true}', "application/json", 422),
        ('{"title": "x", "votes": 1e99}', "application/json", 422), ('{"title": "x", "votes": 99999999}', "application/json", 422),
        ('{"title": "x", "id": "w1"}', "application/json", 422), ('{"title": null}', "application/json", 422),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_told_as_json(visitor, body, kind, status):
    got = visitor.post(f"{SHOP}/api/wishes", body, headers={"Content-Type": kind})
    assert got.status_code == status
    assert got.headers["Content-Type"] == "application/problem+json"
    assert got.json()["status"] == status
    assert got.json()["detail"]


def test_a_wish_cannot_be_deleted_from_a_page_of_another_site(visitor):
    got = visitor.delete(f"{SHOP}/api/wishes/w1", headers={"Origin": "http://elsewhere.test"})
    assert got.status_code == 403
    assert visitor.delete(f"{SHOP}/api/wishes/w1", headers={"Origin": SHOP}).status_code == 204


def test_the_list_of_wishes_has_an_end(visitor, monkeypatch):
    monkeypatch.setattr("inspector.lab.sites.shop.views.api.MOST", 6)
    answers = {
        visitor.post(f"{SHOP}/api/wishes", json={"title": str(number)}).status_code for number in range(7)
    }
    assert answers == {201, 409}
    assert visitor.put(f"{SHOP}/api/wishes/another", json={"title": "x"}).status_code == 409


def test_who_am_i(visitor):
    assert visitor.get(f"{SHOP}/api/me").status_code == 401
    visitor.submit(f"{SHOP}/log-in", email="ada@example.org", password="correct horse")
    got = visitor.get(f"{SHOP}/api/me")
    assert got.json()["name"] == "Ada"
    assert "no-store" in got.headers["Cache-Control"]


def test_wishes_on_their_page(shopper):
    page = f"{SHOP}/wishes"
    assert "It is on the list" in shopper.submit(page, title="Sugar", note="brown").text
    assert "▲ 13" in shopper.submit(page, "/wishes/w1/votes").text
    assert "Biscuits" not in shopper.submit(page, "/wishes/w1/delete").text
    assert shopper.submit(page, "/wishes/none/votes").status_code == 404


# --- things to try ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("cached", 200), ("etag", 200), ("last-modified", 200), ("no-store", 200), ("redirect/11", 404), ("moved/304", 404), ("fail", 500),
        ("unavailable", 503), ("nowhere", 404), ("status/418", 418), ("status/204", 204), ("status/299", 200 + 99), ("status/99", 404),
        ("status/600", 404), ("slow?seconds=0", 200), ("slow?seconds=x", None), ("basic", 401), ("language", 200), ("packed", 200), ("download", 200),
    ],
)  # fmt: skip
def test_things_to_try(visitor, path, status):
    if status is not None:
        assert visitor.get(f"{SHOP}/try/{path}", allow_redirects=False).status_code == status


def test_pages_say_how_long_they_may_be_kept(visitor):
    assert "max-age=60" in visitor.get(f"{SHOP}/try/cached").headers["Cache-Control"]
    assert visitor.get(f"{SHOP}/try/no-store").headers["Cache-Control"] == "no-store"
    for path, field, ask in (
        ("etag", "ETag", "If-None-Match"),
        ("last-modified", "Last-Modified", "If-Modified-Since"),
    ):
        first = visitor.get(f"{SHOP}/try/{path}")
        again = visitor.get(f"{SHOP}/try/{path}", headers={ask: first.headers[field]})
        assert (again.status_code, again.content) == (304, b"")


def test_a_chain_of_redirects(visitor):
    got = visitor.get(f"{SHOP}/try/redirect/3")
    assert [each.status_code for each in got.history] == [302, 302, 302]
    assert "Arrived" in got.text


@pytest.mark.parametrize(
    ("code", "method"), [(301, "GET"), (302, "GET"), (303, "GET"), (307, "POST"), (308, "POST")]
)
def test_what_becomes_of_a_post(visitor, code, method):
    got = visitor.submit(f"{SHOP}/log-in", f"/try/moved/{code}")
    assert got.json()["method"] == method


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "identity"])
def test_the_same_page_in_every_packing(visitor, coding):
    plain = visitor.get(f"{SHOP}/try/packed", headers={"Accept-Encoding": "identity"})
    got = visitor.get(f"{SHOP}/try/packed", headers={"Accept-Encoding": coding})
    assert got.headers.get("Content-Encoding", "identity") == coding
    assert "Accept-Encoding" in got.headers["Vary"]
    text = zstandard.decompress(got.content) if coding == "zstd" else got.content  # urllib3 knows the others
    assert text == plain.content
    assert coding == "identity" or int(got.headers["Content-Length"]) < len(plain.content) / 10


def test_a_stream_comes_in_chunks(visitor):
    with visitor.get(f"{SHOP}/try/stream?lines=2", stream=True) as got:
        assert got.headers["Transfer-Encoding"] == "chunked"
        assert [line.split(b".")[0] for line in got.iter_lines()] == [b"1", b"2"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_what_the_server_saw(visitor, method):
    got = visitor.request(method, f"{SHOP}/try/echo?a=1&a=2", headers={"X-Mine": "yes"}, data=b"abc").json()
    assert (got["method"], got["query"], got["body"]) == (
        method,
        {"a": ["1", "2"]},
        {"bytes": 3, "begins": "abc"},
    )
    assert ["X-Mine", "yes"] in got["headers"]


@pytest.mark.parametrize(
    ("likes", "words"), [("fr;q=0.9, de", "Guten"), ("es", "Buenos"), ("xx", "Good"), ("", "Good")]
)
def test_the_language_is_the_visitors(visitor, likes, words):
    got = visitor.get(f"{SHOP}/try/language", headers={"Accept-Language": likes})
    assert words in got.text
    assert "Accept-Language" in got.headers["Vary"]


def test_basic_authentication(visitor):
    assert visitor.get(f"{SHOP}/try/basic").headers["WWW-Authenticate"].startswith("Basic realm=")
    assert "Come in" in visitor.get(f"{SHOP}/try/basic", auth=("tea", "pot")).text
    assert visitor.get(f"{SHOP}/try/basic", auth=("tea", "cup")).status_code == 401


def test_a_file_is_looked_at_and_not_kept(visitor):
    token = re.search(r'name="token" value="([^"]+)"', visitor.get(f"{SHOP}/try/upload").text)[1]
    files = {"file": ("../evil<b>.txt", b"hello", "text/plain")}
    got = visitor.post(f"{SHOP}/try/upload", {"token": token}, files=files)
    assert "evil&lt;b&gt;.txt" in got.text
    assert "5 bytes" in got.text
    assert "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824" in got.text


def test_too_large_a_file_is_refused(visitor):
    token = re.search(r'name="token" value="([^"]+)"', visitor.get(f"{SHOP}/try/upload").text)[1]
    got = visitor.post(f"{SHOP}/try/upload", {"token": token}, files={"file": ("a", b"x" * (1 << 20))})
    assert got.status_code == 413


def test_a_cookie_is_set_and_taken_back(visitor):
    page = f"{SHOP}/try/cookie"
    assert "favourite=mint" in visitor.submit(page, value="mint").text
    assert "no cookie" in visitor.submit(page, forget="1").text


def test_every_thing_to_try_has_its_address(visitor):
    page = visitor.get(f"{SHOP}/try").text
    for path in set(re.findall(r'href="(/try/[^"]+)"', page)) - {
        "/try/circle",
        "/try/slow?seconds=3",
        "/try/stream",
    }:
        assert visitor.get(SHOP + path).status_code in {200, 401, 404, 418, 500, 503}


def test_every_page_forbids_what_it_does_not_need(visitor):
    for path in ("/", "/try/cached", "/nowhere", "/api/wishes"):
        headers = visitor.get(SHOP + path).headers
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
