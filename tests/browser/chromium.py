"""The Chromium of this machine, for tests and screenshots. None is ever downloaded."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

MISSING = "there is no Chromium here: install it (Debian: apt-get install chromium-headless-shell), or Google Chrome"

Look = dict[str, Any]  # options of a browser's context

EVERYBODY: Look = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 900}}
PHONE: Look = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK: Look = {"color_scheme": "dark"}
STILL: Look = {"reduced_motion": "reduce"}

_COMMANDS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
_MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
_ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page or the browser itself wants from elsewhere, it does not get.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def path() -> str | None:
    commands = (shutil.which(name) for name in _COMMANDS)
    applications = (name for name in _MAC_APPLICATIONS if Path(name).exists())
    return next((it for it in (*commands, *applications) if it), None)


def launch(playwright: Playwright) -> Browser:
    """Raises FileNotFoundError where there is none."""
    found = path()
    if found is None:
        raise FileNotFoundError(MISSING)
    # Chromium refuses to run in its sandbox for root, which is who runs a container's tests.
    return playwright.chromium.launch(executable_path=found, args=_ARGUMENTS, chromium_sandbox=os.geteuid() != 0)
