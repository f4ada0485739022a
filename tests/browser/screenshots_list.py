"""What the README's pictures show: each is a look at a page, and what is done there before the shutter falls."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from local.paths import SAMPLES
from local.stack import Stack
from tests.browser.chromium import DARK, PHONE, STILL, Look
from tests.browser.signed_in import Visitor


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A page whose visitor is signed in, and the stack for whoever must steer a provider."""

    page: Page
    visitor: Visitor
    stack: Stack
    community_id: str = "sophia"


@dataclass(frozen=True, kw_only=True)
class Shot:
    set_up: Callable[[Scene], None]  # leaves the page as it shall be seen
    look: Look = field(default_factory=dict)


_PORTRAIT = SAMPLES / "avatar-sophia.jpg"
_PROMPT = (SAMPLES / "happy-sophia.txt").read_text(encoding="utf-8").strip()
_SCENES = (
    {"prompt": "A paper boat drifts across a rainy street, slow push-in", "aspect_ratio": "16:9"},
    {"prompt": "Mist lifts from a mountain lake at dawn, the camera glides forward", "model": "kling-2.6"},
    {"template": "fireworks", "aspect_ratio": "9:16"},
    {"prompt": "A glass of tea steams by the window, snow falls outside", "duration_seconds": 10},
)


def generator(scene: Scene) -> None:
    _generate(scene.page)
    scene.page.locator("video-player video").wait_for()
    scene.page.evaluate("scrollTo(0, 0)")


def history(scene: Scene) -> None:
    for asked in _SCENES:
        scene.visitor.follow(scene.visitor.send("POST", "/v1/videos", json=asked).json()["id"])
    _finish_seconds(8, stack=scene.stack)  # long enough for the picture
    scene.visitor.ask(prompt="Lanterns rise over a quiet harbour at night, gentle tilt up")
    scene.page.goto("/")
    scene.page.get_by_role("article").nth(4).wait_for()
    scene.page.get_by_role("heading", name="Video History").evaluate("it => it.scrollIntoView()")
    scene.page.mouse.wheel(0, -90)  # from under the header


def details(scene: Scene) -> None:
    kept_video(scene)
    scene.page.goto("/")
    scene.page.get_by_role("article").first.get_by_role("heading").get_by_role("button").click()
    scene.page.get_by_role("dialog").wait_for()


def gallery(scene: Scene) -> None:
    videos = _community(scene)
    for type in ("promo", "intro", "token_reveal"):
        scene.visitor.follow(scene.visitor.ask_for(videos, type=type).json()["id"], videos=videos)
    scene.page.goto(f"/#/communities/{scene.community_id}")
    scene.page.get_by_role("article").nth(2).wait_for()


def dialog(scene: Scene) -> None:
    _community(scene)
    scene.page.goto(f"/#/communities/{scene.community_id}")
    scene.page.get_by_role("button", name="Create Video", exact=True).click()
    scene.page.get_by_role("dialog").get_by_text("left today").wait_for()


def phone_dark(scene: Scene) -> None:
    _fill(scene.page)


def share_page(scene: Scene) -> None:
    video = kept_video(scene)
    link = scene.visitor.send("POST", video["links"]["share"], json={}).json()["url"]
    scene.page.goto(link)
    scene.page.locator("video").wait_for()


def kept_video(scene: Scene) -> dict[str, Any]:
    """The demo's video, finished."""
    _finish_seconds(0, stack=scene.stack)
    portrait = scene.visitor.upload(_PORTRAIT.read_bytes())
    asked = scene.visitor.ask(prompt=_PROMPT, source_image=portrait, aspect_ratio="1:1")
    return scene.visitor.follow(asked.json()["id"])


def _finish_seconds(seconds: float, *, stack: Stack) -> None:
    assert stack.kling is not None
    stack.kling.steer(finish_seconds=seconds)


def _generate(page: Page) -> None:
    _fill(page)
    page.get_by_role("button", name="Generate").click()


def _fill(page: Page) -> None:
    page.goto("/")
    page.locator("video-generator image-picker input[type=file]").set_input_files(_PORTRAIT)
    page.get_by_role("textbox", name="Prompt", exact=True).fill(_PROMPT)
    page.get_by_text("left today").wait_for()


def _community(scene: Scene) -> str:
    """The sample community; gives the path of its videos."""
    avatar = scene.visitor.upload(_PORTRAIT.read_bytes())
    said = json.loads((SAMPLES / "community.json").read_text(encoding="utf-8"))
    return scene.visitor.found(scene.community_id, **said, avatar=avatar)


# By the name of the picture's file in docs/images/.
SHOTS = {
    "generator": Shot(set_up=generator, look=STILL),
    "history": Shot(set_up=history, look=STILL),
    "details": Shot(set_up=details, look=STILL),
    "gallery": Shot(set_up=gallery, look=STILL),
    "dialog": Shot(set_up=dialog, look=STILL),
    "phone-dark": Shot(set_up=phone_dark, look={**PHONE, **DARK, **STILL}),
    "share-page": Shot(set_up=share_page, look=STILL),
}
