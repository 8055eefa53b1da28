"""User-Agent, Server and their kin: which programs are at work, in their own words."""

from __future__ import annotations

import re

from inspector.explain.fields.model import Known, Line, Told
from inspector.explain.prose import NOTHING, say
from inspector.explain.references import header, rfc
from inspector.explain.values.user_agent import read_agent

_VERSION = re.compile(r"\d\.\d")
_SERVERS = {
    "nginx": "nginx, a web server that often stands in front of others",
    "apache": "Apache's web server",
    "gunicorn": "Gunicorn, which runs Python web apps",
    "werkzeug": "Werkzeug, the server that Flask starts while one develops; not meant for the public",
    "waitress": "Waitress, which runs Python web apps",
    "uvicorn": "Uvicorn, which runs asynchronous Python web apps",
    "hypercorn": "Hypercorn, which runs asynchronous Python web apps",
    "daphne": "Daphne, which runs asynchronous Python web apps",
    "simplehttp": "Python's simple file server",
    "wsgiserver": "Python's own simple server",
    "caddy": "Caddy, a web server that gets its certificates by itself",
    "cloudflare": "Cloudflare, which stands between visitors and the site",
    "cloudfront": "Amazon's CDN",
    "amazons3": "Amazon's storage",
    "gws": "Google's web server",
    "esf": "Google's front end",
    "sffe": "Google's server for static files",
    "github.com": "GitHub",
    "microsoft-iis": "Microsoft's web server",
    "kestrel": "Kestrel, which runs .NET web apps",
    "openresty": "OpenResty, nginx with Lua",
    "litespeed": "LiteSpeed, a web server",
    "envoy": "Envoy, a proxy in front of services",
    "varnish": "Varnish, a cache in front of the site",
    "akamaighost": "Akamai's CDN",
    "vercel": "Vercel, which hosts web apps",
    "netlify": "Netlify, which hosts sites",
    "deno": "Deno",
    "cowboy": "Cowboy, an Erlang web server",
    "tomcat": "Apache Tomcat, which runs Java web apps",
    "jetty": "Jetty, which runs Java web apps",
    "inspector": "Inspector itself",
}


def _user_agent(line: Line) -> Told:
    found = read_agent(line.value)
    if not line.value.strip():
        return Told(say("It is empty: the program does not say what it is."))
    if found.robot:
        plain = say("A robot that calls itself `{name}`.", name=found.program)
    elif not found.program:
        plain = say("A program that doesn't say clearly what it is: `{value}`.", value=line.value)
    else:
        version = say(", version {version}", version=found.version) if found.version else NOTHING
        system = say("on {system}", system=found.system) if found.system else NOTHING
        device = say("({device})", device=found.device) if found.device else NOTHING
        name = say("{name}", name=found.program)
        plain = say("{name}{version}", name=name, version=version) + system + device
        plain = say("{plain}.", plain=plain)
    precise = say("That is what it calls itself; it proves nothing, anybody can write anything here.")
    if line.value.startswith("Mozilla/"):
        precise += say(
            "`Mozilla/5.0` and what else sounds like other browsers is there because sites used to send poorer pages to those they didn't know."
        )
        precise += say("Browsers freeze details on purpose, so that people are harder to tell apart.")
    return Told(plain, precise)


def _server(line: Line) -> Told:
    name = line.value.strip().partition("/")[0].partition(" ")[0].lower()
    what = _SERVERS.get(name)
    if line.value.strip().lower() == "inspector practice site":
        name, what = "inspector practice site", "one of Inspector's practice sites"
    plain = (
        say(f"It was {what}.")
        if what
        else say("It was `{value}`, in its own words.", value=line.value)
        if line.value.strip()
        else say("It is empty: the server doesn't say what it is.")
    )
    if what and name != line.value.strip().lower():
        plain += say("It says `{value}`.", value=line.value)
    if _VERSION.search(line.value):
        return Told(plain, say("The version tells attackers which known holes to try; it can be left away."))
    return Told(plain)


def _powered_by(line: Line) -> Told:
    plain = say("The site is made with `{value}`.", value=line.value)
    return Told(
        plain,
        say("Nobody needs this field but those who look for known holes; it can be left away."),
        good=False if _VERSION.search(line.value) else None,
    )


def _from(line: Line) -> Told:
    return Told(say("Whom to write to about this program, mostly a robot: `{value}`.", value=line.value))


FIELDS = {
    "user-agent": Known(_user_agent, (rfc(9110, "10.1.5"), header("User-Agent"))),
    "server": Known(_server, (rfc(9110, "10.2.4"), header("Server"))),
    "x-powered-by": Known(_powered_by, (header("X-Powered-By"),)),
    "x-aspnet-version": Known(_powered_by, (rfc(9110, "17.12"),)),
    "x-aspnetmvc-version": Known(_powered_by, (rfc(9110, "17.12"),)),
    "x-generator": Known(_powered_by, (rfc(9110, "17.12"),)),
    "from": Known(_from, (rfc(9110, "10.1.2"), header("From"))),
}
