"""The videos that the creation dialog shows after the form: completion and retry."""

import re

from playwright.sync_api import Page, Route, expect

from keepreel.db import owners
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.browser import community_page, home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.signed_in import SignedInUser
from tests.factories import finished_video

LISTEN = """node => {
    window.completed = [];
    node.addEventListener("video-completed", ({ detail }) => completed.push(detail.video));
}"""
SHOW = """(form, videos) => form.dispatchEvent(
    new CustomEvent("videos-created", { detail: { videos }, bubbles: true, composed: true }),
)"""

# Two seconds are enough for a form that is shown too early, and cost nothing but time if it is not.
REOPEN = "node => Promise.race([node.open(), new Promise(done => setTimeout(done, 2000))])"


def test_video_completed_before_the_response_is_announced_once(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)

    def respond_after_completion(route: Route) -> None:
        if not home_page.is_create(route.request):
            return route.fallback()
        response = route.fetch()
        assert home_page.eventually(lambda: community_page.list_videos(user, id)[0]["status"] == "completed")
        return route.fulfill(response=response, json={"videos": community_page.list_videos(user, id)})

    dialog = community_page.open_dialog(page, id)
    page.locator("video-creation-dialog").evaluate(LISTEN)
    page.route(re.compile(r"/videos$"), respond_after_completion)
    community_page.submit(dialog)
    expect(dialog.get_by_role("button", name="Download")).to_be_visible()

    (video,) = community_page.list_videos(user, id)
    assert page.evaluate("() => completed.map((it) => it.id)") == [video["id"]]


def test_retry_replaces_all_failed_videos(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    finished_video(user, community_id=id, type="custom", prompt="A kite rises")
    owner, payer = owners.of_community(id), user.owner
    factories.write(
        factories.record(owner, payer=payer, created_by=payer, type="custom", status="failed", prompt=it)
        for it in ("A boat drifts", "A stone sinks")
    )
    dialog = community_page.open_dialog(page, id)
    expect(dialog.get_by_role("button", name="Create video")).to_be_enabled()
    page.locator("creation-form").evaluate(SHOW, community_page.list_videos(user, id))
    headings = dialog.get_by_role("listitem").get_by_role("heading")
    expect(headings).to_have_text(["A stone sinks", "A boat drifts", "A kite rises"])

    dialog.get_by_role("button", name="Try again").first.click()

    expect(headings).to_have_text(["A stone sinks", "A kite rises"])
    expect(dialog.locator("video")).to_have_count(2)


def test_dialog_reopened_before_the_progress_is_shown_creates_no_second_video(
    page: Page, user: SignedInUser, kling: KlingSimulator, higgsfield: HiggsfieldSimulator
) -> None:
    id = community_page.create_community(user)
    held = HeldRequests(page, re.compile(r"/video-progress-list\.js$"))
    dialog = community_page.open_dialog(page, id)
    community_page.submit(dialog)
    assert home_page.eventually(lambda: len(community_page.list_videos(user, id)) == 1, page=page)

    dialog.get_by_role("button", name="Close").click()
    page.locator("video-creation-dialog").evaluate(REOPEN)

    expect(dialog.get_by_role("button", name="Creating…")).to_be_disabled()
    assert home_page.eventually(
        lambda: community_page.list_videos(user, id)[0]["status"] == "completed", page=page
    )  # a finished video that the user has not seen is shown too
    held.release()
    expect(dialog.get_by_role("heading", name="Your video")).to_be_visible()
    assert len(community_page.list_videos(user, id)) == 1
