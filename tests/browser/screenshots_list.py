"""The README's screenshots: browser options and the steps before each picture is taken."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from local.paths import SAMPLES
from local.stack import Stack
from tests.browser.chromium import DARK, PHONE, REDUCED_MOTION, ContextOptions
from tests.browser.signed_in import SignedInUser


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A page with a signed-in user, and the stack, whose simulators a screenshot may configure."""

    page: Page
    user: SignedInUser
    stack: Stack
    community_id: str = "sophia"


@dataclass(frozen=True, kw_only=True)
class Shot:
    set_up: Callable[[Scene], None]  # brings the page into the state to show
    options: ContextOptions = field(default_factory=dict)


_PORTRAIT = SAMPLES / "avatar-sophia.jpg"
_PROMPT = (SAMPLES / "happy-sophia.txt").read_text(encoding="utf-8").strip()
_SHOTS = ("She raises the camera and smiles, golden light on her face", "She turns to the window, soft focus")
_VIDEOS = (
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
    for request in _VIDEOS:
        scene.user.follow(scene.user.send("POST", "/v1/videos", json=request).json()["id"])
    _finish_seconds(8, stack=scene.stack)  # longer than taking the screenshot
    scene.user.create_video(prompt="Lanterns rise over a quiet harbour at night, gentle tilt up")
    scene.page.goto("/")
    scene.page.get_by_role("article").nth(4).wait_for()
    scene.page.get_by_role("heading", name="Video History").evaluate("it => it.scrollIntoView()")
    scene.page.mouse.wheel(0, -90)  # so that the header does not cover it


def details(scene: Scene) -> None:
    finished_video(scene)
    scene.page.goto("/")
    scene.page.get_by_role("article").first.get_by_role("heading").get_by_role("button").click()
    scene.page.get_by_role("dialog").wait_for()


def gallery(scene: Scene) -> None:
    videos = _community(scene)
    for type in ("promo", "intro", "token_reveal"):
        scene.user.follow(scene.user.create_bot_video(videos, type=type).json()["id"], videos=videos)
    scene.page.goto(f"/#/communities/{scene.community_id}")
    scene.page.get_by_role("article").nth(2).wait_for()


def dialog(scene: Scene) -> None:
    _community(scene)
    scene.page.goto(f"/#/communities/{scene.community_id}")
    scene.page.get_by_role("button", name="Create Video", exact=True).click()
    scene.page.get_by_role("dialog").get_by_text("left today").wait_for()


def phone_dark(scene: Scene) -> None:
    _fill(scene.page)


def options(scene: Scene) -> None:
    _fill(scene.page)
    form = scene.page.locator("video-generator")
    form.get_by_label("Model", exact=True).select_option("kling-3.0")
    with scene.page.expect_file_chooser() as chooser:
        form.get_by_role("button", name="Choose end frame").click()
    chooser.value.set_files(_PORTRAIT)
    form.get_by_role("button", name="Remove end frame").wait_for()
    form.get_by_role("switch", name="Sound").check()
    form.get_by_role("switch", name="Shots").check()
    for number, text in enumerate(_SHOTS, start=1):
        form.get_by_role("textbox", name=f"Prompt of shot {number}").fill(text)
    form.get_by_text("with sound").wait_for()
    form.get_by_role("switch", name="Shots").focus()
    scene.page.evaluate("scrollTo(0, 0)")


def share_page(scene: Scene) -> None:
    video = finished_video(scene)
    link = scene.user.send("POST", video["links"]["share"], json={}).json()["url"]
    scene.page.goto(link)
    scene.page.locator("video").wait_for()


def finished_video(scene: Scene) -> dict[str, Any]:
    """Create the demo's video and return it once it is finished."""
    _finish_seconds(0, stack=scene.stack)
    portrait = scene.user.upload(_PORTRAIT.read_bytes())
    response = scene.user.create_video(prompt=_PROMPT, source_image=portrait, aspect_ratio="1:1")
    return scene.user.follow(response.json()["id"])


def _finish_seconds(seconds: float, *, stack: Stack) -> None:
    stack.simulators["kling"].configure(finish_seconds=seconds)


def _generate(page: Page) -> None:
    _fill(page)
    page.get_by_role("button", name="Generate").click()


def _fill(page: Page) -> None:
    page.goto("/")
    page.locator("video-generator image-picker input[type=file]").first.set_input_files(_PORTRAIT)
    page.get_by_role("textbox", name="Prompt", exact=True).fill(_PROMPT)
    page.get_by_text("left today").wait_for()


def _community(scene: Scene) -> str:
    """Create the sample community and return the path of its videos."""
    avatar = scene.user.upload(_PORTRAIT.read_bytes())
    fields = json.loads((SAMPLES / "community.json").read_text(encoding="utf-8"))
    return scene.user.put_community(scene.community_id, **fields, avatar=avatar)


# By file name in docs/images/.
SHOTS = {
    "generator": Shot(set_up=generator, options=REDUCED_MOTION),
    "history": Shot(set_up=history, options=REDUCED_MOTION),
    "details": Shot(set_up=details, options=REDUCED_MOTION),
    "options": Shot(set_up=options, options={**REDUCED_MOTION, "viewport": {"width": 1280, "height": 1200}}),
    "gallery": Shot(set_up=gallery, options=REDUCED_MOTION),
    "dialog": Shot(set_up=dialog, options=REDUCED_MOTION),
    "phone-dark": Shot(set_up=phone_dark, options={**PHONE, **DARK, **REDUCED_MOTION}),
    "share-page": Shot(set_up=share_page, options=REDUCED_MOTION),
}
