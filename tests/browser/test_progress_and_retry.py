"""Progress, retry, edit, cancel and remix on the home page."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.home_page import PROMPT, HomePage
from tests.factories import finished_video, record, write


@pytest.mark.smoke
def test_failed_video_shows_the_reason_and_can_be_retried(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", message="out of memory")
    home.open()

    home.submit()

    alert = home.progress.get_by_role("alert").filter(has_text="Generation failed.")
    expect(alert).to_be_visible()
    failed = home.video()
    expect(alert).to_contain_text(failed["error"]["message"])
    expect(home.prompt).to_have_value(PROMPT)
    expect(home.card(f"{PROMPT}, failed")).to_be_visible()
    home.progress.get_by_role("button", name="Try again").click()
    expect(home.player).to_be_visible()
    expect(alert).not_to_be_attached()
    assert [(it["status"], it["remixed_from"]) for it in home.videos()] == [
        ("completed", failed["id"]),
        ("failed", None),
    ]


def test_retry_replaces_all_finished_videos(home: HomePage, kling: KlingSimulator) -> None:
    finished_video(home.user, prompt="A kite rises")
    home_page.write_failed_videos(home, PROMPT, "A stone sinks")
    home.open()
    home.page.locator("video-stage").evaluate("(node, videos) => node.show(videos)", home.videos())
    headings = home.progress.get_by_role("heading")
    expect(headings).to_have_text(["A stone sinks", PROMPT, "A kite rises"])

    home.progress.get_by_role("button", name="Try again").first.click()

    expect(headings).to_have_text(["A stone sinks"])
    expect(home.player).to_be_visible()


def test_failed_video_can_be_edited_and_resubmitted(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    home.open()
    home.submit()

    home.progress.get_by_role("button", name="Edit and retry").click()
    expect(home.prompt).to_be_focused()
    expect(home.form.get_by_text(f"Remix of {PROMPT}")).to_be_visible()
    home.submit("A paper boat rests")
    expect(home.player).to_be_visible()

    resubmitted, failed = home.videos()
    assert (resubmitted["prompt"], resubmitted["status"], resubmitted["remixed_from"]) == (
        "A paper boat rests",
        "completed",
        failed["id"],
    )


def test_queued_video_can_be_canceled(home: HomePage, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.configure(finish_seconds=3600, queue_seconds=3600)
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("higgsfield-dop-lite")
    home.submit()
    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()

    home.progress.get_by_role("button", name="Cancel").click()

    expect(home.progress.get_by_role("strong").get_by_text("Canceled before generation started.")).to_be_visible()
    expect(home.card(f"{PROMPT}, canceled")).to_be_visible()
    assert home.video()["status"] == "canceled"
    home.button("Create Another").click()
    expect(home.prompt).to_be_focused()


def test_remix_starts_from_the_settings_and_applies_the_change(home: HomePage) -> None:
    first = finished_video(
        home.user, prompt=PROMPT, model="kling-2.6", duration_seconds=10, aspect_ratio="16:9", resolution="1080p"
    )
    home.open()

    home.button(f"Remix: {PROMPT}").click()
    expect(home.prompt).to_have_value(PROMPT)
    expect(home.model).to_have_value("kling-2.6")
    for chosen in ("16:9", "10 s", "1080p"):
        expect(home.page.get_by_role("radio", name=chosen)).to_be_checked()
    home.page.get_by_role("radio", name="9:16").check()
    home.generate.click()
    expect(home.player).to_be_visible()

    remix = home.videos()[0]
    assert remix["remixed_from"] == first["id"]
    names = ("prompt", "model", "duration_seconds", "resolution", "aspect_ratio")
    assert {name: remix[name] for name in names} == {name: first[name] for name in names} | {"aspect_ratio": "9:16"}


def test_abandoned_remix_creates_an_unrelated_video(home: HomePage) -> None:
    finished_video(home.user, prompt=PROMPT)
    home.open()

    home.button(f"Remix: {PROMPT}").click()
    home.button("Cancel remix").click()
    home.submit("A kite rises")
    expect(home.player).to_be_visible()

    assert [it["remixed_from"] for it in home.videos()] == [None, None]


def test_progress_continues_while_another_view_is_open(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.open()
    home.submit()
    expect(home.card(f"{PROMPT}, generating")).to_be_visible()

    navigation = home.page.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="Communities").click()
    expect(home.page.get_by_role("heading", level=1, name="Communities")).to_be_visible()
    navigation.get_by_role("link", name="Create").click()

    expect(home.progress.get_by_role("listitem").filter(has_text=PROMPT)).to_have_count(1)
    expect(home.card(f"{PROMPT}, generating")).to_have_count(1)
    kling.configure(finish_seconds=0)
    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_have_count(1)
    assert len(home.videos()) == 1


def test_progress_shows_phase_and_time_but_no_percentage(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.open()

    home.submit()

    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()
    expect(home.progress.get_by_role("list", name="Phases").locator("[aria-current=step]")).to_have_text("Generating")
    expect(home.progress.get_by_role("timer")).to_have_text(
        re.compile(r"^(?!0:00)\d+:\d\d · usually about 1 min 20 s$")
    )
    assert "%" not in home.progress.inner_text()
    expect(home.card(f"{PROMPT}, generating")).to_be_visible()
    kling.configure(finish_seconds=0)
    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()


def test_waiting_video_shows_its_place_instead_of_a_clock(home: HomePage) -> None:
    now = datetime.now(UTC)
    waiting = record(
        home.user.owner, status="queued", prompt=PROMPT, waiting_queue=f"kling#{uuid4().hex}", dispatch_at=now
    )
    write([waiting])
    home.open()

    expect(home.card(f"{PROMPT}, queued")).to_contain_text(re.compile(r"Next in line · starts in about [12] min"))
    expect(home.card(f"{PROMPT}, queued").get_by_text(re.compile(r"usually|^\d+:\d\d$"))).to_have_count(0)
    expect(home.progress.get_by_role("timer")).to_have_text(re.compile(r"^Next in line · starts in about [12] min$"))
