"""The shelf: all products, those of a kind, those with a word in them, and each by itself."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from ..clicks import visitor
from ..model import KINDS, SORTS, Product, Review
from .forms import customer, number, text

blueprint = Blueprint("pages", __name__)
_MOST_REVIEWS = 50


@blueprint.app_context_processor
def everywhere() -> dict[str, object]:
    """What every page needs: who is logged in, and how much lies in the basket."""
    return {"customer": customer(), "basket_count": basket_count}


def basket_count() -> int:
    """Whoever we do not know yet has no basket; and is not given a cookie for that, which might be the answer to a forged request."""
    return sum(line.count for line in g.shop.basket(visitor())) if "visitor" in session else 0


@blueprint.get("/")
def shelf() -> str:
    kind, sort = request.args.get("kind", ""), request.args.get("sort", "name")
    words = request.args.get("q", "").strip()[:60]
    if kind not in {"", *KINDS} or sort not in SORTS:
        abort(404)
    products = g.shop.products(kind, words, sort)
    return render_template("shelf.html", products=products, kind=kind, words=words, sort=sort, sorts=SORTS)


@blueprint.get("/products/<slug>")
def product(slug: str) -> str:
    return render_template("product.html", product=_find(slug))


@blueprint.post("/products/<slug>/reviews")
def review(slug: str) -> ResponseReturnValue:
    if len(_find(slug).reviews) >= _MOST_REVIEWS:
        abort(409, "This product has all the reviews that it can bear.")
    stars = number(request.form.get("stars"), 1, 5)
    today = datetime.now(UTC).date().isoformat()
    g.shop.add_review(slug, Review(text("author", 40), stars, text("text", 500), today))
    flash("Thank you for your words.")
    return redirect(url_for("pages.product", slug=slug), 303)


@blueprint.get("/pictures/<slug>.svg")
def picture(slug: str) -> ResponseReturnValue:
    """A drawing, from a template like any page: what is dynamic need not be HTML."""
    response = make_response(render_template("picture.svg", product=_find(slug)))
    response.mimetype = "image/svg+xml"
    response.cache_control.public = True
    response.cache_control.max_age = 3600
    response.add_etag()
    return response.make_conditional(request)


def _find(slug: str) -> Product:
    found: Product | None = g.shop.product(slug)
    if found is None:
        abort(404, "The shop has nothing of this name.")
    return found
