"""Tests that fail, as one does: run by name."""

import pytest


def test_the_wrong_receipt(inspector):
    inspector.mock("host:bank.example", json={"receipt": "A-1"})
    inspector.session().post(
        "https://bank.example/charge",
        json={"password": "hush-hush"},
        headers={"Authorization": "Bearer hush-hush"},
    )
    assert inspector.find("POST").json() == {"receipt": "A-2"}


def test_a_function_that_raises_is_heard_of(inspector):
    inspector.mock("host:bank.example", function=lambda asked: asked.json()["nothing"])
    assert inspector.session().post("https://bank.example/charge", json={}).status_code == 500


@pytest.mark.parametrize("mistake", ["hots:bank.example", "status:404"])
def test_a_mistake_in_a_mock(inspector, mistake):
    inspector.mock(mistake, text="x")
