"""Pages for people (log in, agree), and addresses for programs (tokens, keys, who is it)."""

from __future__ import annotations

from authlib.integrations.flask_oauth2 import current_token
from authlib.oauth2 import OAuth2Error
from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from ..basics.sqlite import database
from . import people
from .people import FIRST, Person
from .provider import about, issuer, only_with_token, server

blueprint = Blueprint("quayside", __name__)
SCOPES = {
    "openid": "that it is you, by a name that means nothing elsewhere",
    "profile": "what you are called",
    "email": "your e-mail address",
}


# --- for people ------------------------------------------------------------------------------------------


@blueprint.get("/")
def home() -> str:
    return render_template("home.html", person=_person(), accounts=FIRST)


@blueprint.get("/log-in")
def log_in_form() -> str:
    return render_template(
        "log-in.html", next=_here(request.args.get("next")), login="", wrong="", accounts=FIRST
    )


@blueprint.post("/log-in")
def log_in() -> ResponseReturnValue:
    login, password = request.form.get("login", "")[:60], request.form.get("password", "")[:200]
    where = _here(request.form.get("next"))
    person = people.check(database(), login, password)
    if person is None:
        wrong = "Name and password do not belong together."
        return render_template("log-in.html", next=where, login=login, wrong=wrong, accounts=FIRST), 422
    session.clear()
    session["sub"] = person.sub
    return redirect(where, 303)


@blueprint.post("/log-out")
def log_out() -> ResponseReturnValue:
    session.clear()
    return redirect("/", 303)


@blueprint.get("/oauth/authorize")
def ask() -> ResponseReturnValue:
    """Another site sent its visitor here. Who is it, and do they agree? A question that is not right is answered before anybody is asked."""
    person = _person()
    try:
        grant = server.get_consent_grant(end_user=person)
    except OAuth2Error as error:
        return render_template("refused.html", error=error), 400
    if person is None:
        return redirect(url_for("quayside.log_in_form", next=request.full_path))
    scopes = [SCOPES[each] for each in grant.request.payload.scope.split() if each in SCOPES]
    return render_template("agree.html", person=person, client=grant.client, scopes=scopes)


@blueprint.post("/oauth/authorize")
def agree() -> ResponseReturnValue:
    """Yes or no: either way the browser is sent back to where it came from, with a code or with `access_denied`."""
    person = _person()
    if person is None:
        abort(401)
    try:
        grant = server.get_consent_grant(end_user=person)
    except OAuth2Error as error:
        return render_template("refused.html", error=error), 400
    agreed = person if request.form.get("answer") == "yes" else None
    response: Response = server.create_authorization_response(grant_user=agreed, grant=grant)
    return response


# --- for programs ----------------------------------------------------------------------------------------


@blueprint.get("/.well-known/openid-configuration")
def configuration() -> Response:
    """Where everything is. The address of this is the same at every provider."""
    here = issuer()
    return jsonify(
        issuer=here,
        authorization_endpoint=f"{here}/oauth/authorize",
        token_endpoint=f"{here}/oauth/token",
        userinfo_endpoint=f"{here}/oauth/userinfo",
        jwks_uri=f"{here}/oauth/keys",
        response_types_supported=["code"],
        grant_types_supported=["authorization_code"],
        subject_types_supported=["public"],
        id_token_signing_alg_values_supported=["RS256"],
        code_challenge_methods_supported=["S256"],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
        scopes_supported=list(SCOPES),
    )


@blueprint.post("/oauth/token")
def token() -> ResponseReturnValue:
    """Code in, tokens out; asked by the other site's server, which names itself with its own password."""
    response: Response = server.create_token_response()
    return response


@blueprint.get("/oauth/keys")
def keys() -> Response:
    return jsonify(keys=[current_app.extensions["signing_key"].as_dict(private=False)])


@blueprint.get("/oauth/userinfo")
@only_with_token("openid")  # type: ignore[untyped-decorator]  # Authlib has no types
def userinfo() -> Response:
    person = people.find(database(), current_token.sub)
    if person is None:
        abort(404)
    return jsonify(about(person, current_token.scope))


@blueprint.app_errorhandler(HTTPException)
def wrong(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error
    return render_template("error.html", error=error), error.code or 500


def _person() -> Person | None:
    return people.find(database(), session["sub"]) if "sub" in session else None


def _here(value: str | None) -> str:
    """Where to go on: only on this site."""
    return value if value and value.startswith("/") and not value.startswith(("//", "/\\")) else "/"
