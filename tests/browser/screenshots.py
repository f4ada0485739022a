"""Take the README's screenshots: `python -m tests.browser.screenshots [name …]`."""

import contextlib
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, TextIO

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from local.aws import users
from local.paths import ROOT
from local.stack import Stack
from tests.browser import chromium, signed_in
from tests.browser.chromium import DEFAULTS
from tests.browser.screenshots_list import SHOTS, Scene, Shot

_IMAGES = ROOT / "docs/images"
_LOG = ROOT / ".keepreel/screenshots.log"
_SCALE = {"device_scale_factor": 1.5}
_COLORS = 256
_SETTLING_MS = 1500  # the native video controls finish their spinner without any event
# Videos finish at once, at a size that looks good on a page.
_STACK: dict[str, Any] = {
    "parameters": {"WaitScale": "0"},
    "simulator": {"finish_seconds": 0, "video_short_side": 720},
}


def main(names: Sequence[str]) -> None:
    if unknown := set(names) - set(SHOTS):
        sys.exit(f"keepreel: no such screenshot: {', '.join(sorted(unknown))}; available: {', '.join(SHOTS)}")
    if chromium.path() is None:
        sys.exit(f"keepreel: {chromium.MISSING}")
    with _terminal() as terminal:
        for path in _take({name: SHOTS[name] for name in names or SHOTS}):
            print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1000} kB", file=terminal, flush=True)


@contextlib.contextmanager
def _terminal() -> Iterator[TextIO]:
    """Yield the terminal while everything else that is printed goes to the log."""
    terminal = sys.stdout
    _LOG.parent.mkdir(parents=True, exist_ok=True)
    with _LOG.open("w", encoding="utf-8") as log, contextlib.redirect_stdout(log), contextlib.redirect_stderr(log):
        yield terminal


def _take(shots: dict[str, Shot]) -> Iterator[Path]:
    _IMAGES.mkdir(parents=True, exist_ok=True)
    with Stack(**_STACK) as stack, sync_playwright() as playwright, chromium.launch(playwright) as browser:
        for name, shot in shots.items():
            path = _IMAGES / f"{name}.png"
            path.write_bytes(compress(_picture(shot, stack=stack, browser=browser)))
            yield path


def _picture(shot: Shot, *, stack: Stack, browser: Browser) -> bytes:
    with browser.new_context(base_url=stack.url, **{**DEFAULTS, **_SCALE, **shot.options}) as context:
        page = context.new_page()
        shot.set_up(Scene(page=page, user=_demo_user(page, stack=stack), stack=stack))
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(_SETTLING_MS)
        return page.screenshot(animations="disabled", caret="hide")


def _demo_user(page: Page, *, stack: Stack) -> signed_in.SignedInUser:
    return signed_in.sign_in(page, stack=stack, email=users.DEMO_EMAIL)


def compress(png: bytes) -> bytes:
    """Reduce the PNG to a palette. A page has few colors, and k-means keeps those of the videos close enough."""
    out = BytesIO()
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(_COLORS, kmeans=2).save(out, "PNG", optimize=True)
    return out.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])
