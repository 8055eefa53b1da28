"""Runs Lighthouse over the dashboard; see scripts/audit."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import requests
from environment import ROOT
from filling import fill

PACKAGES = ROOT / "scripts" / "audit_packages"
LEAST = {"accessibility": 0.95, "best-practices": 1.0}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = "--headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking"


def audit(write: Path | None = None) -> int:
    """Judge each page; 0 if all are good enough."""
    browser = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    npm = shutil.which("npm")
    if browser is None or npm is None:
        print("Chromium and npm are needed.", file=sys.stderr)
        return 1
    if not (PACKAGES / "node_modules" / "lighthouse").is_dir():
        subprocess.run([npm, "ci", "--loglevel=error"], cwd=PACKAGES, check=True)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder, "home")
        fill(home, 300, words=False)
        running = subprocess.Popen(
            [sys.executable, "-m", "inspector", "run", "--home", str(home), "--listen", "127.0.0.1:0", "--web", "127.0.0.1:0",
             "--no-browser", "--upstream-proxy", "none"],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            base, session = _sign_in(running)
            return _judge_all(base, session, browser, write)
        finally:
            running.send_signal(signal.SIGINT)
            running.wait(20)


def _sign_in(running: subprocess.Popen[str]) -> tuple[str, requests.Session]:
    assert running.stdout is not None
    said = ""
    while "Ctrl-C stops it." not in said:
        line = running.stdout.readline()
        if not line:
            raise SystemExit(said)
        said += line
    found = re.search(r"http://\S+/sign-in\?ticket=\S+", said)
    assert found is not None
    link = urlsplit(found[0])
    base = f"http://127.0.0.1:{link.port}"
    session = requests.Session()
    session.trust_env = False
    session.get(f"{base}{link.path}?{link.query}", timeout=60)
    return base, session


def _judge_all(base: str, session: requests.Session, browser: str, write: Path | None) -> int:
    rows = session.get(f"{base}/api/v1/exchanges?limit=1", timeout=60).json()["rows"]
    pages = {
        "list": "/traffic", "exchange": f"/exchange/{rows[0]['id']}?tab=messages", "send": "/send", "statistics": "/traffic/statistics",
        "learn": "/learn", "import": "/traffic/import",
    }  # fmt: skip
    cookies = "; ".join(f"{each.name}={each.value}" for each in session.cookies)
    worst = 0
    for name, path in pages.items():
        judged = _judge(base + path, cookies, browser)
        if write is not None:
            write.mkdir(parents=True, exist_ok=True)
            (write / f"{name}.json").write_text(json.dumps(judged), encoding="utf-8")
        scores = {category: judged["categories"][category]["score"] or 0 for category in LEAST}
        good = all(scores[category] >= least for category, least in LEAST.items())
        worst |= not good
        print(
            f"{'✓' if good else '✗'} {name:<12}"
            + "   ".join(f"{category} {score:.2f}" for category, score in scores.items())
        )
        for each in judged["audits"].values() if not good else ():
            if each["score"] is not None and each["score"] < 1:
                print(f"    {each['id']}: {each['title']}")
    return worst


def _judge(url: str, cookies: str, browser: str) -> dict:
    command = [
        "node", str(PACKAGES / "node_modules" / "lighthouse" / "cli" / "index.js"), url, "--output=json", "--quiet", f"--only-categories={','.join(LEAST)}",
        f"--chrome-flags={FLAGS}", f"--extra-headers={json.dumps({'Cookie': cookies})}", "--preset=desktop", "--disable-full-page-screenshot",
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": browser}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=180, check=False)
    if done.returncode:
        raise SystemExit(f"Lighthouse could not judge {url}:\n{done.stderr[-2000:]}")
    return dict(json.loads(done.stdout))
