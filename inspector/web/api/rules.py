"""Rules for programs: all of them, one, on and off, in another order, tried on what was captured, and as a TOML file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from flask import Blueprint, Response, jsonify
from msgspec import Meta

from inspector.rules.errors import RuleMistake
from inspector.rules.model import Rule
from inspector.rules.reading import plain, read_rule, read_rules
from inspector.rules.table import ACTIONS
from inspector.secrets.hider import Hider
from inspector.store.captures import Captures
from inspector.web.api import shapes
from inspector.web.api.describing import Bytes, says
from inspector.web.errors import Refusal, not_found
from inspector.web.errors import answer as in_words
from inspector.web.finding import find_exchange
from inspector.web.rows import row_json
from inspector.web.rules.kept import LARGEST_FILE, KeptRules
from inspector.web.rules.trial import trial
from inspector.web.rules.veiled import veiled
from inspector.web.rules.why import lines_of, out_of_reach

TOML = Bytes("application/toml", text=True, largest=LARGEST_FILE)
_SHAPE = {
    "properties": {
        "name": {"type": "string", "description": "Each rule has its own."},
        "when": {"type": "string", "description": "A filter; empty is everything."},
        "do": {"type": "string", "enum": list(ACTIONS)},
        "on": {"type": "boolean", "default": True},
        "says": {"type": "string", "description": "The rule as a sentence; ignored when it is sent."},
    },
    "required": ["name", "do"],
}
# Further members are the action's own, as in a TOML file; docs/rules.md has them.
RuleTable = Annotated[dict[str, Any], Meta(description="A rule as in a TOML file: name, when, do, on, and the action's own lines.", extra_json_schema=_SHAPE)]  # fmt: skip
_NAME = {"name": {"type": "string", "description": "The rule's name."}}


class RuleList(msgspec.Struct):
    """All rules, in the order in which they are asked."""

    rules: list[RuleTable]


class Turned(msgspec.Struct):
    on: bool


class Order(msgspec.Struct):
    """The names of all rules, in the order in which they shall be asked."""

    names: list[str]


class Told(TypedDict):
    rules: list[RuleTable]


class Trial(TypedDict):
    """Of the newest `looked` exchanges `matched` fit; `newest` are the last of those. `whole`: false if there was no time for all."""

    says: str
    matched: int
    looked: int
    whole: bool
    newest: list[shapes.Row]


class Reason(TypedDict):
    """One rule's case. `did`: it did something when the exchange passed. `because` is a sentence, empty where there is nothing to say."""

    name: str
    says: str
    fits: Literal["fits", "stands aside", "does not fit", "off"]
    did: bool
    because: str


class Reasons(TypedDict):
    """`beyond` says why no rule is asked about such an exchange; empty where they are."""

    beyond: str
    rules: list[Reason]


def blueprint(kept: KeptRules, captures: Captures, hider: Callable[[], Hider | None]) -> Blueprint:
    """`hider` gives what replaces secrets for whoever may not see them."""
    api = Blueprint("rules_api", __name__, url_prefix="/api/v1/rules")

    def one(rule: Rule) -> dict[str, Any]:
        seen = veiled(rule, hider())
        return {**plain(seen), "on": rule.on, "says": seen.say()}

    def known(name: str) -> Rule:
        rule = kept.find(name)
        if rule is None:
            raise not_found("There is no rule of this name.")
        return rule

    def meant(table: Mapping[str, Any], name: str = "") -> dict[str, Any]:
        """A rule as it was sent; where whoever sends it was shown marks in place of secrets, and sends these back, what they stand for."""
        said = {key: value for key, value in table.items() if key != "says"}
        veil, rule = hider(), kept.find(name or str(said.get("name", "")))
        if veil is None or rule is None:
            return said
        real, seen = plain(rule), plain(veiled(rule, veil))
        return {key: real[key] if key in real and seen.get(key) == value else value for key, value in said.items()}  # fmt: skip

    @api.errorhandler(RuleMistake)
    def mistaken(mistake: RuleMistake) -> Response:
        said = str(mistake)
        cure = "Nothing was changed. docs/rules.md has every action and its lines."
        return in_words(Refusal(400, "Not understood", f"{said[:1].upper()}{said[1:]}", cure))

    @api.get("")
    @says("All rules", tag="Rules", scope="read", gives=Told)
    def listed() -> Response:
        return jsonify(rules=[one(rule) for rule in kept.all()])

    @api.post("")
    @says("Keep just these rules", tag="Rules", scope="rules", takes=RuleList, gives=Told, detail="In this order; all others are removed.",
          example={"rules": [{"name": "No trackers", "when": "host:metrics.test", "do": "block"}]})  # fmt: skip
    def replaced(body: RuleList) -> Response:
        kept.replace(read_rules(meant(each) for each in body.rules))
        return jsonify(rules=[one(rule) for rule in kept.all()])

    @api.post("/order")
    @says("Put rules in another order", tag="Rules", scope="rules", takes=Order, gives=Told, fails=(409,),
          example={"names": ["No trackers", "Slow"]})  # fmt: skip
    def ordered(body: Order) -> Response:
        if not kept.order(body.names):
            raise Refusal(
                409,
                "Not in order",
                "These are not the names of all rules, each once.",
                "Ask for the rules again: one was added or removed.",
            )
        return jsonify(rules=[one(rule) for rule in kept.all()])

    @api.post("/preview")
    @says("What a rule would have matched", tag="Rules", scope="read", takes=RuleTable, gives=Trial, detail="Nothing is kept or changed.",
          example={"name": "Trial", "when": "host:shop.inspector.test", "do": "block"})  # fmt: skip
    def preview(body: Mapping[str, Any]) -> Response:
        rule = read_rule({key: value for key, value in body.items() if key != "says"})
        found = trial(captures, rule.scope)
        return jsonify(
            says=rule.say(), matched=found.matched, looked=found.looked, whole=found.whole, newest=[row_json(row) for row in found.rows]
        )  # fmt: skip

    @api.get("/file")
    @says("All rules as a TOML file", tag="Rules", scope="read", gives=TOML)
    def file() -> Response:
        return Response(kept.toml(veiled(rule, hider()) for rule in kept.all()), mimetype="application/toml")

    @api.post("/file")
    @says("Take in the rules of a TOML file", tag="Rules", scope="rules", takes=TOML, gives=Told,
          detail="Beside those that are there; one of the same name takes the other's place.")  # fmt: skip
    def take_in(body: bytes) -> Response:
        try:
            taken = kept.take_in(body.decode("utf-8"))
        except UnicodeDecodeError:
            raise Refusal(
                400, "Not understood", "The file is not UTF-8 text.", "TOML is UTF-8: save it so."
            ) from None
        return jsonify(rules=[one(rule) for rule in taken])

    @api.get("/why/<id>")
    @says(
        "Why each rule fits an exchange, or doesn't",
        tag="Rules",
        scope="read",
        gives=Reasons,
        fails=(404,),
        detail="In the rules' order, and as they are now.",
    )
    def reasons(id: str) -> Response:
        exchange = find_exchange(captures, id)
        lines = lines_of(captures, exchange, [veiled(rule, hider()) for rule in kept.all()])
        return jsonify(
            beyond=out_of_reach(exchange),
            rules=[
                {
                    "name": each.rule.name,
                    "says": each.rule.say(),
                    "fits": each.fits,
                    "did": each.did,
                    "because": each.because,
                }
                for each in lines
            ],
        )

    @api.get("/<path:name>")
    @says("One rule", tag="Rules", scope="read", gives=RuleTable, fails=(404,), path=_NAME)
    def get(name: str) -> Response:
        return jsonify(one(known(name)))

    @api.put("/<path:name>")
    @says("Make or change a rule", tag="Rules", scope="rules", takes=RuleTable, gives=RuleTable, path=_NAME,
          detail="Of this name, or at the end. Another `name` in the body renames it.", example={"name": "No trackers", "when": "host:metrics.test", "do": "block"})  # fmt: skip
    def put(name: str, body: Mapping[str, Any]) -> Response:
        return jsonify(one(kept.save({"name": name} | meant(body, name), name)))

    @api.patch("/<path:name>")
    @says("Turn a rule on or off", tag="Rules", scope="rules", takes=Turned, gives=RuleTable, fails=(404,), path=_NAME, example={"on": False})  # fmt: skip
    def switch(name: str, body: Turned) -> Response:
        known(name)
        kept.switch(name, on=body.on)
        return jsonify(one(known(name)))

    @api.delete("/<path:name>")
    @says("Remove a rule", tag="Rules", scope="rules", gives=Told, fails=(404,), path=_NAME)
    def remove(name: str) -> Response:
        known(name)
        kept.remove(name)
        return jsonify(rules=[one(rule) for rule in kept.all()])

    return api
