"""As docs/pytest.md says it: nothing but the fixture."""

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
import small_shop

from inspector.testing import Answer, Asked, NotSeen


def test_urllib_in_this_process(inspector_env):
    mock = inspector_env.mock("host:api.shop.example path:=/stock", json={"left": 3})
    assert small_shop.stock(17) == 3
    [seen] = mock.expect(times=1)
    assert seen.query == {"item": ["17"]}


def test_answers_one_after_the_other(inspector_env):
    bank = inspector_env.mock("host:bank.example", answers=[503, (503, "busy"), {"receipt": "A-1"}])
    assert small_shop.pay(1200) == "A-1"
    assert [each.status for each in bank.expect(times=3)] == [503, 503, 200]
    assert inspector_env.find("POST", path="/charge", status=200).request.json() == {"amount": 1200}


def test_a_function_answers(inspector):
    asked: list[Asked] = []

    def bank(request: Asked) -> Answer:
        asked.append(request)
        return Answer(201, {"receipt": request.json()["amount"] * 2}, {"X-By": "a function"})

    inspector.mock("host:bank.example", function=bank)
    got = inspector.session().post("https://bank.example/charge?a=1", json={"amount": 21})
    assert (got.status_code, got.json(), got.headers["X-By"]) == (201, {"receipt": 42}, "a function")
    assert [(each.method, each.host, each.path, each.query) for each in asked] == [
        ("POST", "bank.example", "/charge", {"a": ["1"]})
    ]
    assert inspector.find("POST").json() == {"receipt": 42}


def test_a_program_of_its_own(inspector):
    inspector.mock("host:bank.example", json={"receipt": "B-7"})
    told = subprocess.run(
        [sys.executable, Path(small_shop.__file__), "5"],
        env=inspector.env(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "B-7\n"
    assert inspector.find(host="bank.example").request.headers["Authorization"] == "Bearer hush-hush"


def test_curl(inspector):
    inspector.mock("host:bank.example", text="by curl")
    told = subprocess.run(
        ["curl", "-sS", "https://bank.example/x"],
        env=inspector.env(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "by curl"
    assert inspector.find("GET").request.headers["user-agent"].startswith("curl/")


def test_httpx_by_threads_and_by_asyncio(inspector):
    inspector.mock("host:api.shop.example", answers=["one", "two", "three"])

    async def three() -> list[str]:
        async with httpx.AsyncClient(proxy=inspector.proxy, verify=inspector.ssl_context()) as client:
            got = await asyncio.gather(
                *(client.get(f"https://api.shop.example/{number}") for number in range(3))
            )
            return [each.text for each in got]

    assert sorted(asyncio.run(three())) == ["one", "three", "two"]
    assert len(inspector.find_all("host:api.shop.example", count=3)) == 3
    with httpx.Client(proxy=inspector.proxy, verify=inspector.ssl_context()) as client:
        assert client.get("https://api.shop.example/again").text == "three"


def test_a_mock_that_is_never_asked_says_what_was(inspector):
    mock = inspector.mock("host:bank.example path:=/charge", status=402)
    other = inspector.mock("host:bank.example", text="something else")
    inspector.session().get("https://bank.example/elsewhere")
    with pytest.raises(NotSeen) as told:
        mock.expect()
    assert "was never asked. It is for:" in str(told.value)
    assert "whose path is /charge" in str(told.value)
    assert "GET     200  https://bank.example/elsewhere" in str(told.value)
    with pytest.raises(NotSeen, match="was asked 1 time, and 2 were expected"):
        other.expect(times=2)


def test_what_is_not_found_is_said_with_what_there_is(inspector):
    with pytest.raises(NotSeen, match="Nothing was captured in this test"):
        inspector.find(path="/charge", timeout=0)
    inspector.mock("", text="for everything")
    inspector.session().get("http://a.example/x")
    with pytest.raises(NotSeen, match=r"No exchange fits 'path:=/y' \(Exchanges whose path is /y"):
        inspector.find(path="/y", timeout=0)


@pytest.mark.parametrize(
    "wrong",
    [{"text": "a", "json": {}}, {"function": str, "answers": [1]}, {"function": str, "status": 404}],
    ids=str,
)
def test_two_kinds_of_answers_are_a_mistake(inspector, wrong):
    with pytest.raises(TypeError, match="one"):
        inspector.mock("host:bank.example", **wrong)


@pytest.mark.parametrize("number", range(4))
def test_each_test_sees_only_its_own(inspector, number):
    inspector.mock("host:own.example", text=str(number))
    assert inspector.session().get(f"http://own.example/{number}").text == str(number)
    assert [each.path for each in inspector.all()] == [f"/{number}"]
