"""A client of a shop and of a bank that lend themselves to no test: what a user of the pytest plugin has."""

from __future__ import annotations

import json
import sys
import urllib.request

import requests

SHOP, BANK = "https://api.shop.example", "https://bank.example"


def stock(item: int) -> int:
    """How many are left, with the standard library."""
    with urllib.request.urlopen(f"{SHOP}/stock?item={item}", timeout=20) as answer:
        return int(json.load(answer)["left"])


def pay(amount: int) -> str:
    """A receipt's number; the bank is asked again while it is busy, three times in all."""
    for _ in range(3):
        answer = requests.post(
            f"{BANK}/charge",
            json={"amount": amount},
            headers={"Authorization": "Bearer hush-hush"},
            timeout=20,
        )
        if answer.status_code != 503:
            answer.raise_for_status()
            return str(answer.json()["receipt"])
    raise RuntimeError("the bank is busy")


if __name__ == "__main__":
    print(pay(int(sys.argv[1])))
