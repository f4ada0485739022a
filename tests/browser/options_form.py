"""The options of the home page's form, and what Kling's simulator received."""

from typing import Any

from playwright.sync_api import FilePayload, Locator, expect

from local.simulators.kling.simulator import KlingSimulator
from tests.browser.home_page import HomePage


def choose_end_frame(home: HomePage, image: FilePayload) -> None:
    with home.page.expect_file_chooser() as chooser:
        home.button("Choose end frame").click()
    chooser.value.set_files(image)
    expect(home.button("Remove end frame")).to_be_visible()


def switch(home: HomePage, name: str) -> Locator:
    return home.form.get_by_role("switch", name=name)


def sent_body(kling: KlingSimulator, video: dict[str, Any]) -> dict[str, Any]:
    """Return the request body that Kling received for the video."""
    (task,) = [task for task in kling.tasks if task["external_id"] == video["id"]]
    sent: dict[str, Any] = task["body"]
    return sent
