"""A person's own view of the page, as its person finds it: the form, the stage, and the history."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

from tests.browser.signed_in import Visitor

PROMPT = "A paper boat drifts by"
VIDEOS = re.compile(r"/v1/videos$")  # where videos are asked for
_PATIENCE_SECONDS = 30
_PLAY = """async (node) => {
    node.muted = true; // else a browser wants a click first
    await node.play();
    return [node.videoWidth, node.videoHeight];
}"""


@dataclass(frozen=True, kw_only=True)
class Home:
    page: Page
    person: Visitor

    def open(self, address: str = "/") -> None:
        self.page.goto(address)
        expect(self.generate).to_be_enabled()  # the models are there
        expect(self.history.get_by_role("list", name="Video History")).to_have_attribute("aria-busy", "false")

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("form", name="A new video")

    @property
    def prompt(self) -> Locator:
        return self.page.get_by_role("textbox", name="Prompt", exact=True)

    @property
    def model(self) -> Locator:
        return self.form.get_by_role("combobox", name="Model")

    @property
    def generate(self) -> Locator:
        return self.form.get_by_role("button", name="Generate")

    @property
    def stage(self) -> Locator:
        return self.page.get_by_role("list", name="Videos in the making")

    @property
    def history(self) -> Locator:
        return self.page.get_by_role("region", name="Video History")

    @property
    def player(self) -> Locator:
        """The finished video on the stage."""
        return self.stage.locator("video")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def card(self, name: str) -> Locator:
        """By its whole name: what it is of, and how it is if it is not completed."""
        return self.history.get_by_role("article", name=name, exact=True)

    def choose(self, image: FilePayload) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.button("Choose an image").click()
        chooser.value.set_files(image)

    def ask(self, prompt: str = PROMPT) -> None:
        self.prompt.fill(prompt)
        self.generate.click()

    def videos(self) -> list[dict[str, Any]]:
        """What is on record, newest first."""
        videos: list[dict[str, Any]] = self.person.send("GET", "/v1/videos").json()["videos"]
        return videos

    def video(self) -> dict[str, Any]:
        """The only one."""
        (video,) = self.videos()
        return video


def image_file(
    width: int = 640, height: int = 640, *, format: str = "JPEG", picture: Image.Image | None = None
) -> FilePayload:
    out = BytesIO()
    (picture or Image.linear_gradient("L").convert("RGB")).resize((width, height)).save(out, format)
    return {"name": f"picture.{format.lower()}", "mimeType": f"image/{format.lower()}", "buffer": out.getvalue()}


def played(video: Locator) -> list[int]:
    """Begins to play it, which fails where the file cannot be played; its width and height."""
    found: list[int] = video.evaluate(_PLAY)
    return found


def come_true(claim: Callable[[], bool]) -> bool:
    """Whether it does, with patience: for what the page does behind its own back."""
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not (is_true := claim()) and time.monotonic() < patience:
        time.sleep(0.05)
    return is_true


def is_gone(person: Visitor, video: dict[str, Any]) -> bool:
    return come_true(lambda: person.send("GET", video["links"]["self"]).status_code == 404)


@contextmanager
def counted(page: Page, *, method: str, path: str) -> Iterator[list[Request]]:
    """The requests to this path of the API, as they are made."""
    seen: list[Request] = []

    def see(request: Request) -> None:
        if request.method == method and request.url.partition("?")[0].endswith(path) and not is_dry(request):
            seen.append(request)

    page.on("request", see)
    yield seen
    page.remove_listener("request", see)


def is_dry(request: Request) -> bool:
    """Asks for a price alone."""
    return request.method == "POST" and '"dry_run":true' in (request.post_data or "")


def on_asking(page: Page, do: Callable[[Route], object]) -> None:
    """Puts something between the page and the API where a video is asked for."""
    page.route(VIDEOS, lambda route: route.fallback() if is_other(route.request) else do(route))


def is_other(request: Request) -> bool:
    return request.method != "POST" or is_dry(request)
