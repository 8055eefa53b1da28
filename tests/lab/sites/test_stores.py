"""The shop's stores do the same for the same questions, whatever they are kept in; on real servers where those are installed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from database_servers import MongoStandIn, mariadb, postgresql, redis
from sqlalchemy import create_engine

from inspector.lab.sites.shop.accounts import Accounts, TakenError
from inspector.lab.sites.shop.model import Line, Order, OutOfStockError, Review, Wish, seed, total
from inspector.lab.sites.shop.stores import console, embedded
from inspector.lab.sites.shop.stores.documents import DocumentStore
from inspector.lab.sites.shop.stores.documents_backends import EmbeddedDocuments, MongoDocuments
from inspector.lab.sites.shop.stores.guard import guarded
from inspector.lab.sites.shop.stores.keys import KeyStore
from inspector.lab.sites.shop.stores.keys_backends import EmbeddedKeys, RedisKeys
from inspector.lab.sites.shop.stores.notes import taking_notes
from inspector.lab.sites.shop.stores.opening import open_stores
from inspector.lab.sites.shop.stores.relational import NotOursError, Relational
from inspector.lab.sites.shop.stores.together import Click, Together

SERVERS = pytest.mark.servers


@pytest.fixture(scope="session")
def short_folder():
    """Sockets have short names: 107 letters at most."""
    folders = []

    def make():
        folders.append(Path(tempfile.mkdtemp(prefix="db", dir="/tmp")))
        os.chmod(folders[-1], 0o755)
        return folders[-1]

    yield make
    for folder in folders:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgresql_urls(short_folder):
    with postgresql(short_folder()) as urls:
        yield urls


@pytest.fixture(scope="session")
def mariadb_urls(short_folder):
    with mariadb(short_folder()) as urls:
        yield urls


@pytest.fixture(scope="session")
def redis_url(short_folder):
    with redis(short_folder()) as url:
        yield url


@pytest.fixture(scope="session")
def mongo():
    server = MongoStandIn()
    yield server
    server.close()


def let_go(kept):
    if isinstance(kept, Relational):
        kept.engine.dispose()


def server_engine(urls, who="practice"):
    return create_engine(urls[who])


RELATIONAL = ["SQLite", pytest.param("PostgreSQL", marks=SERVERS), pytest.param("MariaDB", marks=SERVERS)]


def make_relational(kind, tmp_path, request, who="practice"):
    if kind == "SQLite":
        return guarded(tmp_path / "shop.sqlite")
    return server_engine(request.getfixturevalue(f"{kind.lower()}_urls"), who)


@pytest.fixture(params=RELATIONAL)
def relational(request, tmp_path):
    engine = make_relational(request.param, tmp_path, request)
    store = Relational(engine)
    store.reset()
    assert store.program.startswith(request.param)
    yield store
    engine.dispose()


@pytest.fixture(
    params=[
        *RELATIONAL,
        "embedded documents",
        "MongoDB's driver",
        "embedded keys",
        pytest.param("Redis", marks=SERVERS),
    ]
)
def store(request, tmp_path):
    kind = request.param
    if kind == "embedded documents":
        yield DocumentStore(EmbeddedDocuments(tmp_path / "documents.json"))
    elif kind == "MongoDB's driver":
        server = request.getfixturevalue("mongo")
        server.data.clear()
        documents = MongoDocuments(server.url)
        yield DocumentStore(documents)
        documents.close()
    elif kind == "embedded keys":
        yield KeyStore(EmbeddedKeys(tmp_path / "keys.json"))
    elif kind == "Redis":
        keys = RedisKeys(request.getfixturevalue("redis_url"))
        kept = KeyStore(keys)
        kept.reset()
        yield kept
        keys.close()
    else:
        engine = make_relational(kind, tmp_path, request)
        kept = Relational(engine)
        kept.reset()
        yield kept
        engine.dispose()


# --- the same for the same questions ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "words", "sort", "slugs"),
    [
        ("tea", "", "price", ["lemon-balm", "assam", "lapsang", "sencha"]),
        ("pot", "", "name", ["harbour", "old-hand", "one-more", "snow"]),
        ("", "PINE", "name", ["lapsang"]),
        ("", "%", "name", []),
        ("", ".*", "name", []),
        ("mug", "grey", "name", ["monday"]),
        ("mug", "'; DROP TABLE products; --", "name", []),
    ],
)
def test_products_are_found(store, kind, words, sort, slugs):
    assert [each.slug for each in store.products(kind, words, sort)] == slugs


def test_a_product_comes_with_its_reviews(store):
    found = store.product("old-hand")
    assert (found.price, found.stock, [each.author for each in found.reviews]) == (4200, 7, ["Ada", "Grace"])
    assert store.product("nothing") is None
    store.add_review("old-hand", Review("Eve ☕", 3, "“fine”", "2026-01-01"))
    assert store.product("old-hand").reviews[2] == Review("Eve ☕", 3, "“fine”", "2026-01-01")


def test_a_basket(store):
    assert store.basket("me") == []
    store.put("me", "tide", 2)
    store.put("me", "brick", 1)
    store.put("me", "tide", 3)
    assert store.basket("me") == [Line("brick", "Brick", 1350, 1), Line("tide", "Tide", 1600, 3)]
    assert store.basket("you") == []
    store.put("me", "brick", 0)
    store.put("me", "brick", 0)
    assert [line.slug for line in store.basket("me")] == ["tide"]


def bought(number, *lines):
    return Order(number, "eve@example.org", f"2026-01-01T00:00:0{number[-1]}", "5 Far Street", lines)


TIDE, SNOW, THREE_SNOW = (
    Line("tide", "Tide", 1600, 2),
    Line("snow", "Snow", 6100, 1),
    Line("snow", "Snow", 6100, 3),
)


def test_an_order_takes_goods_and_empties_the_basket(store):
    store.put("me", "tide", 2)
    store.place(bought("LK-1", TIDE), "me")
    store.place(bought("LK-2", SNOW), "me")
    assert store.product("tide").stock == 7
    assert store.basket("me") == []
    assert store.order("LK-1") == bought("LK-1", TIDE)
    assert store.order("LK-9") is None
    assert [each.number for each in store.orders("eve@example.org")] == ["LK-2", "LK-1"]
    assert total(store.order("LK-2").lines) == 6100


def test_all_of_an_order_or_nothing(store):
    store.put("me", "tide", 2)
    with pytest.raises(OutOfStockError, match="Snow"):
        store.place(bought("LK-1", TIDE, THREE_SNOW), "me")
    assert (store.product("tide").stock, store.product("snow").stock) == (9, 2)
    assert store.order("LK-1") is None
    assert store.orders("eve@example.org") == []
    assert len(store.basket("me")) == 1


def test_wishes(store):
    assert [each.id for each in store.wishes()] == ["w1", "w3", "w2"]
    store.save_wish(Wish("new", "Honey", "", 100))
    assert store.wishes()[0] == Wish("new", "Honey", "", 100)
    store.save_wish(Wish("new", "Jam", "red", 1))
    assert store.wish("new") == Wish("new", "Jam", "red", 1)
    assert store.wishes()[-1].id == "new"
    assert store.drop_wish("new")
    assert not store.drop_wish("new")
    assert store.wish("new") is None


def test_all_of_it_can_be_looked_at_and_put_back(store):
    store.put("me", "tide", 1)
    store.place(bought("LK-1", TIDE), "me")
    store.drop_wish("w1")
    heaps = store.contents()
    assert sum(heap.total for heap in heaps) >= 15
    assert all(len(row) == len(heap.columns) for heap in heaps for row in heap.rows)
    store.reset()
    assert len(store.wishes()) == 3
    assert store.orders("eve@example.org") == []
    assert store.product("tide").stock == 9


def test_each_question_is_noted_with_what_came_back(store):
    with taking_notes() as notes:
        store.product("old-hand")
    assert 1 <= len(notes) <= 2
    assert all(each.took > 0 and each.answer for each in notes)
    assert "old-hand" in notes[0].text + notes[0].values
    assert "grandmother" in notes[-1].sample
    store.product("old-hand")
    assert len(notes) <= 2


def test_what_was_kept_is_there_after_a_restart(tmp_path):
    for make in (
        lambda: Relational(guarded(tmp_path / "a")),
        lambda: DocumentStore(EmbeddedDocuments(tmp_path / "b.json")),
        lambda: KeyStore(EmbeddedKeys(tmp_path / "c.json")),
    ):
        before = make()
        before.save_wish(Wish("new", "Honey"))
        let_go(before)
        after = make()
        assert after.wish("new").title == "Honey"
        let_go(after)


# --- each in its own way ---------------------------------------------------------------------------------


def test_a_transaction_is_seen(relational):
    with taking_notes() as notes, pytest.raises(OutOfStockError):
        relational.place(bought("LK-1", THREE_SNOW), "me")
    assert [each.text.split()[0] for each in notes] == ["BEGIN", "UPDATE", "ROLLBACK"]
    with taking_notes() as notes:
        relational.place(bought("LK-2", SNOW), "me")
    assert [each.text.split()[0] for each in notes] == [
        "BEGIN",
        "UPDATE",
        "INSERT",
        "INSERT",
        "DELETE",
        "COMMIT",
    ]


def test_values_go_beside_the_statement(relational):
    with taking_notes() as notes:
        relational.product("x' OR 1=1")
    assert "OR 1=1" not in notes[0].text
    assert "x' OR 1=1" in notes[0].values


def test_accounts(relational):
    accounts = Accounts(relational.engine)
    assert accounts.check("ada@example.org", "correct horse").name == "Ada"
    assert accounts.check("ada@example.org", "wrong") is None
    assert accounts.check("nobody@example.org", "wrong") is None
    eve = accounts.register("Eve@example.org", "Eve", "a few words")
    with pytest.raises(TakenError):
        accounts.register("eve@EXAMPLE.org", "Eva", "other words")
    accounts.move(eve.id, "5 Far Street")
    assert accounts.get(eve.id).address == "5 Far Street"
    there = accounts.of_identity("login.test q-1", "quay@example.org", "Quay")
    assert there.elsewhere
    assert accounts.of_identity("login.test q-1", "other@example.org", "Other") == there
    assert accounts.check("quay@example.org", "") is None


@pytest.mark.parametrize("kind", RELATIONAL)
def test_tables_that_are_not_ours_are_left_alone(kind, tmp_path, request):
    engine = make_relational(kind, tmp_path, request, "mighty")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS orders")
        connection.exec_driver_sql("CREATE TABLE orders (id INTEGER)")
    with pytest.raises(NotOursError, match="already has tables called orders"):
        Relational(engine)
    engine.dispose()


def test_collections_that_are_not_ours_are_left_alone(tmp_path):
    documents = EmbeddedDocuments(tmp_path / "a.json")
    documents.insert("orders", [{"mine": 1}])
    with pytest.raises(ValueError, match="not a practice shop's"):
        DocumentStore(documents)


def test_a_basket_under_a_key_forgets_itself(tmp_path):
    now = [0.0]
    keys = EmbeddedKeys(tmp_path / "keys.json", clock=lambda: now[0])
    store = KeyStore(keys)
    store.put("me", "tide", 1)
    assert keys.ask("TTL", "basket:me") == 604_800
    now[0] = 604_801
    assert store.basket("me") == []


@SERVERS
def test_redis_is_asked_to_forget_it_too_and_other_keys_are_left_alone(redis_url):
    import redis as driver

    with driver.Redis.from_url(redis_url, decode_responses=True) as client:
        client.set("somebody-elses", "1")
        keys = RedisKeys(redis_url)
        store = KeyStore(keys)
        store.put("me", "tide", 1)
        assert 0 < client.ttl("practice-shop:basket:me") <= 604_800
        store.reset()
        assert client.get("somebody-elses") == "1"
        assert not client.exists("practice-shop:basket:me")
        assert "somebody-elses" not in json.dumps([heap.rows for heap in store.contents()])
        keys.close()


@SERVERS
def test_the_embedded_keys_answer_as_redis_does(redis_url, tmp_path):
    real, ours = RedisKeys(redis_url), EmbeddedKeys(tmp_path / "keys.json")
    words = [
        "HSET h a 1 b 2", "HSET h b 3 c 4", "HGETALL h", "HINCRBY h b -5", "HINCRBY h new 2", "HDEL h a z", "HGETALL h", "HGETALL none",
        "SADD s x y", "SADD s y z", "SMEMBERS s", "SMEMBERS none", "ZADD z 2 b", "ZADD z 1 a", "ZADD z 3 b", "ZADD z 1 aa", "ZRANGE z 0 -1",
        "ZRANGE z 0 1", "ZRANGE z 0 -1 REV", "ZREM z a", "ZREM z a", "ZRANGE none 0 -1", "RPUSH l 1 2", "RPUSH l 3", "LRANGE l 0 -1",
        "LRANGE l -2 -1", "LRANGE l 0 1", "TYPE h", "TYPE s", "TYPE z", "TYPE l", "TYPE none", "EXISTS h", "EXISTS none", "EXPIRE h 100",
        "EXPIRE none 100", "TTL h", "TTL s", "TTL none", "DEL h", "DEL h", "DEL s", "DEL z", "DEL l",
    ]  # fmt: skip
    for each in words:
        assert ours.ask(*each.split()) == real.ask(*each.split()), each
    real.close()


def test_a_full_store_keeps_what_it_has(tmp_path, monkeypatch):
    documents = EmbeddedDocuments(tmp_path / "a.json")
    documents.insert("notes", [{"a": 1}])
    monkeypatch.setattr(embedded, "MOST_BYTES", 100)
    with pytest.raises(embedded.FullError):
        documents.insert("notes", [{"a": "x" * 200}])
    assert documents.count("notes") == 1


def test_the_seed_is_whole():
    content = seed()
    slugs = {each["slug"] for each in content["products"]}
    assert len(slugs) == 12
    assert {each["product"] for each in content["reviews"]} <= slugs


# --- side by side ----------------------------------------------------------------------------------------


@pytest.fixture
def together(tmp_path):
    stores = open_stores(tmp_path, {})
    yield stores
    let_go(stores.stores["tables"])


def test_one_answers_and_all_are_asked(together):
    for name in ("tables", "documents", "keys"):
        click = Click("GET", "/", name)
        assert together.using(name, click).product("tide").name == "Tide"
        assert {store: bool(asked) for store, asked in click.asked.items()} == dict.fromkeys(
            together.stores, True
        )
        assert click.errors == {}


def test_what_another_store_cannot_do_stops_nobody(together):
    together.stores["keys"]._keys.ask("DEL", "products:by-name")
    together.stores["documents"]._documents = None
    click = Click("GET", "/", "tables")
    assert len(together.using("tables", click).products("", "", "name")) == 12
    assert click.errors["documents"].startswith("AttributeError")
    assert "keys" not in click.errors


def test_a_store_that_cannot_be_opened_is_said_to_be_missing(tmp_path):
    stores = open_stores(tmp_path, {"SHOP_REDIS_URL": "redis://127.0.0.1:1/0", "SHOP_MONGO_URL": ""})
    assert set(stores.stores) == {"tables", "documents"}
    assert "Connection" in stores.missing["keys"]
    assert isinstance(stores, Together)
    let_go(stores.stores["tables"])


def test_an_unknown_choice_is_the_first(together):
    assert together.using("nonsense", Click("GET", "/", "")).name == "tables"


# --- a statement of one's own ----------------------------------------------------------------------------


def test_a_statement_is_run_and_what_it_changes_stays(relational):
    got = console.run(relational.engine, "SELECT name, price FROM products WHERE kind = 'tea' ORDER BY price")
    assert (got.columns, got.rows[0], got.error) == (("name", "price"), ("Lemon balm", "640"), "")
    assert console.run(relational.engine, "UPDATE products SET price = 1 WHERE kind = 'tea'").changed == 4
    assert relational.product("sencha").price == 1
    assert console.run(relational.engine, "SELECT '%s %(a)s %'").rows == (("%s %(a)s %",),)


@pytest.mark.parametrize(
    "statement",
    ["SELEC", "SELECT 1; SELECT 2", "SELECT * FROM nothing", "INSERT INTO reviews VALUES (1)"],
)
def test_what_the_database_refuses_is_told_in_its_words(relational, statement):
    assert console.run(relational.engine, statement).error
    assert len(relational.products("", "", "name")) == 12


def test_a_failed_statement_changes_nothing(relational):
    console.run(relational.engine, "INSERT INTO wishes VALUES ('x', 'a', '', 1), ('x', 'b', '', 1)")
    assert relational.wish("x") is None


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT COUNT(*) FROM n"


def test_a_statement_that_takes_too_long_is_stopped(relational):
    name = relational.program.split()[0]
    statement = {"PostgreSQL": "SELECT pg_sleep(60)", "MariaDB": "SELECT SLEEP(60)"}.get(name, ENDLESS)
    got = console.run(relational.engine, statement)
    assert got.error or got.rows == (("1",),)  # MariaDB's SLEEP says that it was interrupted
    assert got.took < 10_000


def test_only_so_much_is_shown(relational):
    many = "SELECT a.slug FROM products a, products b, products c"
    got = console.run(relational.engine, many)
    assert (len(got.rows), got.more) == (console.MOST_ROWS, True)
    wide = console.run(
        relational.engine,
        "SELECT REPEAT('x', 1000)" if "SQLite" not in relational.program else "SELECT printf('%1000d', 1)",
    )
    assert len(wide.rows[0][0]) < 250


@pytest.mark.parametrize(
    "statement",
    ["ATTACH 'x' AS y", "VACUUM INTO 'x'", "VACUUM", "PRAGMA journal_mode = OFF", "PRAGMA writable_schema = ON", "SELECT load_extension('x')",
     "SELECT zeroblob(1000000)", "CREATE VIRTUAL TABLE t USING fts5(a)", "PRAGMA database_list"],
)  # fmt: skip
def test_nothing_beyond_the_practice_database(tmp_path, statement):
    engine = guarded(tmp_path / "shop.sqlite")
    Relational(engine)
    assert console.run(engine, statement).error
    assert [each.name for each in tmp_path.iterdir()] == ["shop.sqlite"]
    engine.dispose()


def test_the_file_has_an_end(tmp_path, monkeypatch):
    monkeypatch.setattr("inspector.lab.sites.shop.stores.guard.MOST_PAGES", 100)
    engine = guarded(tmp_path / "shop.sqlite")
    store = Relational(engine)
    fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO wishes SELECT 'f' || i, 't', hex(zeroblob(5000)), 0 FROM n"
    assert "full" in console.run(engine, fill).error
    assert len(store.wishes()) == 3
    assert (tmp_path / "shop.sqlite").stat().st_size <= 100 * 4096
    engine.dispose()


@SERVERS
@pytest.mark.parametrize("kind", ["PostgreSQL", "MariaDB"])
def test_a_mighty_role_runs_no_strangers_statements(kind, tmp_path, request):
    engine = make_relational(kind, tmp_path, request, "mighty")
    assert "make one of its own" in console.run(engine, "SELECT 1").error
    engine.dispose()


def test_reset_puts_back_whatever_was_done(relational):
    for statement in (
        "CREATE TABLE mine (slug VARCHAR(60), FOREIGN KEY (slug) REFERENCES products (slug))",
        "INSERT INTO mine VALUES ('tide')",
        "CREATE VIEW dear AS SELECT * FROM products WHERE price > 4000",
        "DROP TABLE order_lines",
        "CREATE VIEW order_lines AS SELECT 1 AS a",
        "DROP TABLE wishes",
    ):
        assert not console.run(relational.engine, statement).error, statement
    relational.reset()
    assert len(relational.wishes()) == 3
    relational.place(bought("LK-1", SNOW), "me")
    assert relational.order("LK-1").lines == (SNOW,)
    for statement in ("DROP TABLE IF EXISTS mine", "DROP VIEW IF EXISTS dear"):
        console.run(relational.engine, statement)
