"""Firefox: told by a profile made before its first start: user.js, a certificate store of its own, and a coloured frame.

It really trusts our authority, by a store that nothing but this profile uses (`pki.cert9`). Neither administrator's rights
nor NSS's tools are needed for that. Enterprise policies would be: Firefox reads them from its own folder and from /etc only.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from inspector.app.browsers.kinds import Area, Browser, Launch, Wish
from inspector.pki import cert9

Preference = str | int | bool

AS_IT_IS: dict[str, Preference] = {  # no http made into https, no way round the proxy, nothing hidden
    "dom.security.https_first": False,
    "dom.security.https_first_pbm": False,
    "dom.security.https_first_schemeless": False,
    "dom.security.https_only_mode": False,
    "dom.security.https_only_mode_pbm": False,
    "network.dns.echconfig.enabled": False,
    "network.dns.http3_echconfig.enabled": False,
    "network.http.http3.enable": False,
    "network.proxy.allow_bypass": False,
    "network.proxy.allow_hijacking_localhost": True,
    "network.proxy.failover_direct": False,
    "network.trr.mode": 5,
    "security.certerrors.mitm.priming.enabled": False,
}
QUIET: dict[str, Preference] = {  # what asks Mozilla and others for something while nobody browses
    "app.normandy.enabled": False,
    "app.shield.optoutstudies.enabled": False,
    "app.update.auto": False,
    "app.update.background.enabled": False,
    "app.update.interval": 2_000_000_000,
    "browser.contentblocking.report.monitor.enabled": False,
    "browser.discovery.enabled": False,
    "browser.ipProtection.enabled": False,
    "browser.ml.enable": False,
    "browser.newtab.preload": False,
    "browser.newtabpage.activity-stream.discoverystream.enabled": False,
    "browser.newtabpage.activity-stream.feeds.section.topstories": False,
    "browser.newtabpage.activity-stream.feeds.system.topsites": False,
    "browser.newtabpage.activity-stream.feeds.system.topstories": False,
    "browser.newtabpage.activity-stream.feeds.topsites": False,
    "browser.newtabpage.activity-stream.newtabWallpapers.enabled": False,
    "browser.newtabpage.activity-stream.telemetry": False,
    "browser.newtabpage.activity-stream.unifiedAds.endpoint": "",
    "browser.newtabpage.enabled": False,
    "browser.region.network.url": "",
    "browser.region.update.enabled": False,
    "browser.safebrowsing.blockedURIs.enabled": False,
    "browser.safebrowsing.downloads.enabled": False,
    "browser.safebrowsing.downloads.remote.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.safebrowsing.provider.google.updateURL": "",
    "browser.safebrowsing.provider.google4.updateURL": "",
    "browser.safebrowsing.provider.google5.updateURL": "",
    "browser.safebrowsing.provider.mozilla.updateURL": "",
    "browser.search.suggest.enabled": False,
    "browser.search.update": False,
    "browser.topsites.contile.enabled": False,
    "browser.urlbar.merino.endpointURL": "",
    "browser.urlbar.quicksuggest.enabled": False,
    "browser.urlbar.speculativeConnect.enabled": False,
    "browser.urlbar.suggest.searches": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.usage.uploadEnabled": False,
    "dom.push.connection.enabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.pocket.enabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.systemAddon.update.url": "",
    "extensions.update.enabled": False,
    "identity.fxaccounts.enabled": False,
    "media.gmp-manager.chromium-update-url": "",
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-manager.url": "",
    "messaging-system.rsexperimentloader.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "network.dns.disablePrefetch": True,
    "network.http.speculative-parallel-limit": 0,
    "network.predictor.enabled": False,
    "security.OCSP.enabled": 0,
    "security.remote_settings.crlite_filters.enabled": False,
    "security.remote_settings.intermediates.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",  # what Firefox knows as "no server"
    "signon.management.page.breach-alerts.enabled": False,
    "toolkit.coverage.endpoint.base": "",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "",
    "toolkit.telemetry.unified": False,
}
CALM: dict[str, Preference] = {  # no questions, no tours
    "browser.aboutConfig.showWarning": False,
    "browser.aboutwelcome.enabled": False,
    "browser.preonboarding.enabled": False,
    "browser.sessionstore.resume_from_crash": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "browser.tabs.warnOnClose": False,
    "browser.translations.automaticallyPopup": False,
    "browser.warnOnQuit": False,
    "startup.homepage_welcome_url": "",
    "termsofuse.bypassNotification": True,
    "toolkit.legacyUserProfileCustomizations.stylesheets": True,
    "toolkit.startup.max_resumed_crashes": -1,
}
FRAME = """/* The colour by which this window is known. */
#navigator-toolbox, #TabsToolbar, #titlebar { background: #5f1f4d !important; color: #fff !important; }
#nav-bar, #PersonalToolbar { background: #8f2f73 !important; color: #fff !important; --toolbarbutton-icon-fill: #fff !important; }
.tabbrowser-tab:not([selected]) { color: #fff !important; }
#urlbar, #searchbar { color: #1b1e24 !important; color-scheme: light !important; }
.urlbar-background { background: #fff !important; }
#browser { border: solid #8f2f73 !important; border-width: 0 4px 4px !important; }
"""
AUTHORITY = "inspector-authority"  # which authority the store was made for
MARKERS = ("lock", ".parentlock", "parent.lock")  # there as soon as the profile is in use
ENVIRONMENT = {
    "MOZ_CRASHREPORTER_DISABLE": "1",
    "MOZ_REMOTE_SETTINGS_DEVTOOLS": "1",  # without it, services.settings.server does not count
}


def prepare(browser: Browser, profile: Path, wish: Wish) -> Launch:
    """Write the profile's settings and its certificate store, and say how to start it."""
    settings = AS_IT_IS | QUIET | CALM | _proxy(wish)
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
    (profile / "user.js").write_text("".join(lines), encoding="utf-8")
    _trust(profile, wish.authority)
    chrome = profile / "chrome"
    chrome.mkdir(mode=0o700, exist_ok=True)
    (chrome / "userChrome.css").write_text(FRAME, encoding="utf-8")
    if wish.area is not None:
        _place(profile, wish.area)
    arguments = ["-no-remote", "-profile", str(profile), "-name", "Inspector", "-class", "Inspector"]
    if os.name == "nt":
        arguments = ["-wait-for-browser", *arguments[:3]]
    if wish.headless:
        arguments.append("-headless")
    if wish.debugging_port is not None:
        arguments.append(f"--remote-debugging-port={wish.debugging_port}")
    return Launch((*arguments, wish.url), ENVIRONMENT)


def _proxy(wish: Wish) -> dict[str, Preference]:
    host, port = wish.proxy
    # a leading dot where Chromium has a star: all names under it
    around = ", ".join(each.removeprefix("*") for each in wish.around)
    return {
        "network.proxy.type": 1,
        "network.proxy.http": host,
        "network.proxy.http_port": port,
        "network.proxy.ssl": host,
        "network.proxy.ssl_port": port,
        "network.proxy.no_proxies_on": around,
    }


def _trust(profile: Path, authority: bytes) -> None:
    """The store; a kept profile has one already, which is made anew if the authority is another one now."""
    made_for, mark = profile / AUTHORITY, hashlib.sha256(authority).hexdigest()
    if made_for.exists() and made_for.read_text(encoding="ascii") == mark:
        return
    for old in ("cert9.db", "key4.db"):
        (profile / old).unlink(missing_ok=True)
    cert9.write(profile, authority)
    made_for.write_text(mark, encoding="ascii")


def _place(profile: Path, area: Area) -> None:
    left, top, width, height = map(str, area)
    window = {"screenX": left, "screenY": top, "width": width, "height": height, "sizemode": "normal"}
    kept = {"chrome://browser/content/browser.xhtml": {"main-window": window}}
    (profile / "xulstore.json").write_text(json.dumps(kept), encoding="utf-8")
