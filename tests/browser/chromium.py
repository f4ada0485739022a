"""Find and launch the installed Chromium for tests and screenshots. Never downloads one."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Playwright

MISSING = "Chromium was not found: install it (Debian: apt-get install chromium-headless-shell), or Google Chrome"

ContextOptions = dict[str, Any]

DEFAULTS: ContextOptions = {"locale": "en-GB", "timezone_id": "UTC", "viewport": {"width": 1280, "height": 900}}
PHONE: ContextOptions = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DARK: ContextOptions = {"color_scheme": "dark"}
REDUCED_MOTION: ContextOptions = {"reduced_motion": "reduce"}

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
    # Neither a page nor the browser itself reaches other hosts.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def path() -> str | None:
    commands = (shutil.which(name) for name in _COMMANDS)
    applications = (name for name in _MAC_APPLICATIONS if Path(name).exists())
    return next((it for it in (*commands, *applications) if it), None)


def launch(playwright: Playwright) -> Browser:
    """Launch Chromium. Raises FileNotFoundError if it is not installed."""
    found = path()
    if found is None:
        raise FileNotFoundError(MISSING)
    # Chromium refuses to run sandboxed as root, the usual user in containers.
    return playwright.chromium.launch(executable_path=found, args=_ARGUMENTS, chromium_sandbox=os.geteuid() != 0)
