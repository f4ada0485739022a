"""The home page: request form, progress list and video history, located as a user finds them."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Request, Route, expect

from tests import factories
from tests.browser.signed_in import SignedInUser

PROMPT = "A paper boat drifts by"
PAGE_SIZE = 24  # videos per page of the history
VIDEOS = re.compile(r"/v1/videos$")  # POST creates videos here
_PATIENCE_SECONDS = 60
_POLL_MS = 50
_PLAY = """async (node) => {
    node.muted = true; // otherwise a browser requires a click first
    await node.play();
    return [node.videoWidth, node.videoHeight];
}"""
_KEEP_TOASTS = """() => {
    const { setTimeout } = window;
    window.setTimeout = (run, delay, ...rest) => (delay === 6000 ? 0 : setTimeout(run, delay, ...rest));
}"""


@dataclass(frozen=True, kw_only=True)
class HomePage:
    """The home page of a signed-in user."""

    page: Page
    user: SignedInUser

    def open(self, address: str = "/") -> None:
        self.page.goto(address)
        expect(self.generate).to_be_enabled()  # the models are loaded
        expect(self.history.get_by_role("list", name="Video History")).to_have_attribute("aria-busy", "false")

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("form", name="New video")

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
    def progress(self) -> Locator:
        """The list of videos that are being generated or have just finished."""
        return self.page.get_by_role("list", name="New videos")

    @property
    def history(self) -> Locator:
        return self.page.get_by_role("region", name="Video History")

    @property
    def player(self) -> Locator:
        """The finished video in the progress list."""
        return self.progress.locator("video")

    @property
    def toasts(self) -> Locator:
        return self.page.locator("toast-stack")

    @property
    def cards(self) -> Locator:
        return self.history.get_by_role("article")

    @property
    def titles(self) -> Locator:
        return self.cards.get_by_role("heading")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def card(self, name: str) -> Locator:
        """A card by its full name: the prompt, and the status unless it is completed."""
        return self.history.get_by_role("article", name=name, exact=True)

    def wait_for_thumbnail(self, video: dict[str, Any]) -> None:
        """Wait until the card's thumbnail is loaded. Otherwise deleting the video makes its request fail."""
        expect(self.card(video["prompt"]).locator("img")).to_have_js_property("naturalWidth", video["width"])

    def choose(self, image: FilePayload) -> None:
        with self.page.expect_file_chooser() as chooser:
            self.button("Choose image").click()
        chooser.value.set_files(image)

    def submit(self, prompt: str = PROMPT) -> None:
        self.prompt.fill(prompt)
        self.generate.click()

    def videos(self) -> list[dict[str, Any]]:
        """Return the user's videos from the API, newest first."""
        videos: list[dict[str, Any]] = self.user.send("GET", "/v1/videos").json()["videos"]
        return videos

    def video(self) -> dict[str, Any]:
        """Return the user's only video from the API."""
        (video,) = self.videos()
        return video


def image_file(
    width: int = 640, height: int = 640, *, format: str = "JPEG", picture: Image.Image | None = None
) -> FilePayload:
    out = BytesIO()
    (picture or Image.linear_gradient("L").convert("RGB")).resize((width, height)).save(out, format)
    return {"name": f"picture.{format.lower()}", "mimeType": f"image/{format.lower()}", "buffer": out.getvalue()}


def play(video: Locator) -> list[int]:
    """Start playback and return the video's width and height. Fails if the file cannot be played."""
    size: list[int] = video.evaluate(_PLAY)
    return size


def keep_toasts(page: Page) -> None:
    """Disable the timeout of this document's toasts, because a slow machine may need longer to press Undo."""
    page.evaluate(_KEEP_TOASTS)


def eventually(condition: Callable[[], bool], *, page: Page | None = None) -> bool:
    """Return whether the condition becomes true, for effects that are not visible on a page.

    Give `page` if one of its handlers makes the condition true: Playwright calls handlers only during its own calls.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while not (is_true := condition()) and time.monotonic() < deadline:
        if page is None:
            time.sleep(_POLL_MS / 1000)
        else:
            page.wait_for_timeout(_POLL_MS)
    return is_true


def is_eventually_deleted(user: SignedInUser, video: dict[str, Any]) -> bool:
    return eventually(lambda: user.send("GET", video["links"]["self"]).status_code == 404)


@contextmanager
def record_requests(page: Page, *, method: str, path: str) -> Iterator[list[Request]]:
    """Collect the page's API requests with this method and path, without dry runs."""
    recorded: list[Request] = []

    def record(request: Request) -> None:
        if request.method == method and request.url.partition("?")[0].endswith(path) and not is_dry_run(request):
            recorded.append(request)

    page.on("request", record)
    yield recorded
    page.remove_listener("request", record)


def is_dry_run(request: Request) -> bool:
    """Return whether the request only asks for a price."""
    return request.method == "POST" and '"dry_run":true' in (request.post_data or "")


def intercept_create(page: Page, handler: Callable[[Route], object]) -> None:
    """Route the requests that create videos through `handler`."""
    page.route(VIDEOS, lambda route: handler(route) if is_create(route.request) else route.fallback())


def is_create(request: Request) -> bool:
    """Return whether the request creates a video, given that it goes to VIDEOS."""
    return request.method == "POST" and not is_dry_run(request)


def generate(page: Page, prompt: str) -> None:
    """Request a video in the form."""
    page.get_by_role("textbox", name="Prompt", exact=True).fill(prompt)
    page.get_by_role("button", name="Generate").click()


def write_failed_videos(home: HomePage, *prompts: str) -> None:
    """Write failed video records, which need no files."""
    factories.write(factories.record(home.user.owner, prompt=it, status="failed") for it in prompts)
