"""Generate videos on the home page: from an image or a prompt, exactly once per request, and through failures."""

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import FilePayload, Route, expect

from keepreel.media import uploads
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.held_requests import HeldRequests
from tests.browser.home_page import PROMPT, HomePage
from tests.browser.video_factory import finished_video

DROP_OR_PASTE = """(node, { kind, name, mimeType, content }) => {
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
    const about = { bubbles: true, composed: true, cancelable: true };
    node.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...about, dataTransfer })
        : new ClipboardEvent("paste", { ...about, clipboardData: dataTransfer }));
}"""


def submitted(kling: KlingSimulator, video: dict[str, Any]) -> dict[str, Any]:
    """Return the request body that Kling received for the video."""
    (task,) = [task for task in kling.tasks if task["external_id"] == video["id"]]
    body: dict[str, Any] = task["body"]
    return body


def four_colors() -> Image.Image:
    """Four squares; the top left one is red."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)])
    return picture.resize((1600, 1200), Image.Resampling.NEAREST)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_cropped_image_becomes_a_playable_video(format: str, home: HomePage, kling: KlingSimulator) -> None:
    page = home.page
    home.open()

    home.choose(home_page.image_file(1600, 1200, format=format, picture=four_colors()))
    page.get_by_role("radio", name="16:9").check()
    home.button("Crop").click()
    page.get_by_role("slider", name="Zoom").fill("2.5")
    part = page.get_by_role("group", name=re.compile("^Crop area"))
    for _ in range(20):
        part.press("ArrowLeft")
        part.press("ArrowUp")
    home.button("Apply").click()
    expect(page.get_by_text("Cropped to 16:9.")).to_be_visible()
    home.prompt.fill(PROMPT)
    expect(home.form.get_by_text("30 videos and $20.00 left today.")).to_be_visible()
    expect(home.form.get_by_text("$0.28", exact=True)).to_be_visible()
    home.generate.click()
    expect(home.player).to_be_visible()

    video = home.video()
    uploaded = uploads.read(owner=home.user.owner, source_image=video["source_image_url"], max_bytes=10_000_000)
    sent = Image.open(BytesIO(uploaded))
    image = submitted(kling, video)["image"]
    assert (video["status"], video["aspect_ratio"], video["cost"]["estimated_usd"]) == ("completed", "16:9", 0.28)
    assert (image["width"], image["height"]) == sent.size == (640, 360)
    assert ImageStat.Stat(sent).mean == pytest.approx([255, 0, 0], abs=5)
    assert home.page.get_by_role("textbox", name="Permanent link").input_value() == video["video_url"]
    assert home_page.play(home.player) == [video["width"], video["height"]]
    expect(home.card(PROMPT)).to_be_visible()
    expect(home.form.get_by_text("29 videos and $19.72 left today.")).to_be_visible()


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_image_can_be_dropped_or_pasted(kind: str, home: HomePage) -> None:
    home.open()
    file = home_page.image_file(format="PNG")

    content = b64encode(file["buffer"]).decode()
    home.prompt.evaluate(
        DROP_OR_PASTE, {"kind": kind, "name": file["name"], "mimeType": file["mimeType"], "content": content}
    )

    expect(home.page.get_by_role("img", name="Selected image")).to_be_visible()
    home.submit()
    expect(home.player).to_be_visible()
    assert home.video()["source_image_url"].startswith("upload:")


UNUSABLE: dict[str, tuple[FilePayload, str]] = {
    "of another type": (
        {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
        "This file type is not supported. Choose a JPEG, PNG or WebP image.",
    ),
    "undecodable": (
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 cut off"},
        "This image could not be read. It may be damaged. Choose another one.",
    ),
    "too small": (
        home_page.image_file(299, 640),
        "This image is too small. Cropped to 1:1, each side must have at least 300 pixels.",
    ),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_unusable_image_is_rejected_before_any_request(kind: str, home: HomePage) -> None:
    file, words = UNUSABLE[kind]
    home.open()

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.choose(file)

        expect(home.form.get_by_role("alert").get_by_text(words)).to_be_visible()
        if kind == "too small":
            home.submit()
            expect(home.button("Crop")).to_be_focused()
    assert (requests, home.videos()) == ([], [])


@pytest.mark.smoke
def test_video_can_be_generated_from_a_prompt_only(home: HomePage) -> None:
    home.open()

    home.generate.click()
    expect(home.form.get_by_text("Enter a prompt, or choose a template.")).to_be_visible()
    expect(home.prompt).to_be_focused()
    home.submit("  A quiet lake at dawn ")
    expect(home.player).to_be_visible()

    video = home.video()
    assert (video["prompt"], video["source_image_url"], video["status"]) == ("A quiet lake at dawn", None, "completed")


def test_template_is_sent_until_its_text_is_edited(home: HomePage) -> None:
    page = home.page
    home.open()

    home.button("Templates").click()
    page.get_by_role("button", name="Rainy street at night").click()
    page.get_by_role("textbox", name="Place").fill("Lisbon's oldest hill")
    home.button("Use this template").click()
    expect(home.prompt).to_have_value(re.compile("Lisbon's oldest hill"))
    text = home.prompt.input_value()
    home.generate.click()
    expect(home.player).to_be_visible()
    from_template = home.video()
    home.submit(f"{text} Slowly.")
    expect(home.cards).to_have_count(2)

    by_hand = home.videos()[0]
    assert (from_template["template"]["id"], from_template["final_prompt"]) == ("rainy-street", text)
    assert (by_hand["template"], by_hand["prompt"]) == (None, f"{text} Slowly.")


def test_two_variations_cost_the_displayed_price(home: HomePage) -> None:
    page = home.page
    home.open()

    home.model.select_option("kling-3.0")
    page.get_by_role("combobox", name="Duration").select_option("7 s")
    page.get_by_role("radio", name="1080p").check()
    page.get_by_role("group", name="Variations").get_by_role("radio", name="2").check()
    expect(home.form.get_by_text("$1.58", exact=True)).to_be_visible()
    home.submit()

    expect(home.player).to_have_count(2)
    expect(home.progress.get_by_role("heading")).to_have_text([f"Variation {n} · {PROMPT}" for n in (1, 2)])
    videos = home.videos()
    assert [(it["model"], it["duration_seconds"], it["resolution"], it["batch_index"]) for it in videos] == [
        ("kling-3.0", 7, "1080p", index) for index in (1, 0)
    ]
    assert sum(it["cost"]["estimated_usd"] for it in videos) == 1.58


def test_progress_shows_phase_and_time_but_no_percentage(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.open()

    home.submit()

    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()
    expect(home.progress.get_by_role("list", name="Phases").locator("[aria-current=step]")).to_have_text("Generating")
    expect(home.progress.get_by_role("timer")).to_have_text(
        re.compile(r"^(?!0:00)\d+:\d\d · usually about 1 min 30 s$")
    )
    assert "%" not in home.progress.inner_text()
    expect(home.card(f"{PROMPT}, generating")).to_be_visible()
    kling.configure(finish_seconds=0)
    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()


def click_twice(home: HomePage) -> None:
    home.generate.dblclick()


def press_enter_twice(home: HomePage) -> None:
    home.generate.focus()
    home.page.keyboard.press("Enter")
    home.page.keyboard.press("Enter")


def press_control_enter_twice(home: HomePage) -> None:
    home.prompt.press("Control+Enter")
    home.prompt.press("Control+Enter")


@pytest.mark.parametrize("submit", [click_twice, press_enter_twice, press_control_enter_twice])
def test_submitting_twice_before_the_response_creates_one_video(
    submit: Callable[[HomePage], None], home: HomePage
) -> None:
    home.open()
    held = HeldRequests(home.page, home_page.VIDEOS, matches=home_page.is_create)
    home.prompt.fill(PROMPT)

    submit(home)
    expect(home.button("Creating…")).to_be_disabled()
    held.wait_for()
    held.release()

    expect(home.player).to_have_count(1)
    assert (len(held), len(home.videos())) == (1, 1)


def test_second_click_of_a_double_click_is_ignored_after_the_response(home: HomePage) -> None:
    home.open()
    home.submit()
    expect(home.player).to_be_visible()

    home.generate.hover()
    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.page.mouse.down(click_count=2)
        home.page.mouse.up(click_count=2)
        home.generate.click()  # a separate click
        expect(home.cards).to_have_count(2)

    assert len(requests) == 1


def hold_enter(home: HomePage) -> None:
    home.generate.focus()
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")  # key repeat


def hold_control_enter(home: HomePage) -> None:
    home.prompt.focus()
    home.page.keyboard.down("Control")
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")
    home.page.keyboard.up("Control")


@pytest.mark.parametrize("hold", [hold_enter, hold_control_enter])
def test_held_key_creates_one_video(hold: Callable[[HomePage], None], home: HomePage) -> None:
    home.open()
    home.prompt.fill(PROMPT)

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        hold(home)
        expect(home.player).to_be_visible()
        expect(home.generate).to_be_enabled()
        home.page.keyboard.down("Enter")  # the key is still down, and the button has the focus again
        home.page.keyboard.up("Enter")
        expect(home.generate).to_be_enabled()

    assert len(requests) == 1


def test_throttled_request_keeps_its_idempotency_key(home: HomePage, expect_console: Callable[[str], None]) -> None:
    statuses = iter([503, 429])

    def respond(route: Route) -> None:
        status = next(statuses, None)
        if status is None:
            return route.fallback()
        if status == 503:
            route.fetch()  # the API accepts the request
        return route.fulfill(status=status, json={"message": "Too Many Requests"})

    expect_console("status of 503")
    expect_console("status of 429")
    home.open()
    home_page.intercept_create(home.page, respond)

    home.submit()
    expect(home.form.get_by_text("Too many requests.")).to_be_visible()
    home.generate.click()

    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1


def test_request_contains_the_form_values_at_the_click(home: HomePage) -> None:
    home.open()
    held = HeldRequests(home.page, re.compile(r"/v1/uploads$"))
    home.choose(home_page.image_file())
    home.prompt.fill(PROMPT)

    home.generate.click()
    expect(home.button("Creating…")).to_be_visible()
    home.form.get_by_role("radio", name="4", exact=True).check(force=True)
    held.wait_for()
    held.release()

    expect(home.player).to_be_visible()
    assert home.video()["batch_id"] is None


def test_retrying_in_two_places_creates_one_video(home: HomePage, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", message="out of memory")
    home.open()
    home.submit()
    expect(home.card(f"{PROMPT}, failed")).to_be_visible()
    held = HeldRequests(home.page, re.compile(r"/retry$"))

    home.progress.get_by_role("button", name="Try again").click()
    home.card(f"{PROMPT}, failed").get_by_role("button", name="Try again").click()
    held.wait_for(2)
    held.release()

    expect(home.player).to_be_visible()
    assert [it["status"] for it in home.videos()] == ["completed", "failed"]


def test_displayed_price_follows_the_server(home: HomePage) -> None:
    def raise_price(route: Route) -> None:
        if not home_page.is_dry_run(route.request):
            return route.fallback()
        response = route.fetch().json()
        return route.fulfill(json={**response, "cost": {**response["cost"], "estimated_usd": 0.56}})

    home.open()
    home.page.route(home_page.VIDEOS, raise_price)

    expect(home.form.get_by_text("$0.28", exact=True)).to_be_visible()
    home.prompt.fill(PROMPT)

    expect(home.form.get_by_text("$0.56", exact=True)).to_be_visible()


def test_draft_survives_navigation_and_reload_but_not_sign_out(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.form.get_by_role("radio", name="16:9").check(force=True)
    home.prompt.fill(PROMPT)
    home.page.wait_for_function("() => JSON.parse(sessionStorage['keepreel.pending.draft']).value.source")  # uploaded

    home.page.get_by_role("link", name="Communities").click()
    home.page.get_by_role("link", name="Create").click()
    expect(home.prompt).to_have_value(PROMPT)
    expect(home.form.get_by_role("radio", name="16:9")).to_be_checked()
    expect(home.form.get_by_text("Image from your last visit")).to_be_visible()
    home.page.reload()
    expect(home.prompt).to_have_value(PROMPT)

    home.page.get_by_role("link", name="Communities").click()
    home.button("Sign out").click()
    expect(home.form).to_have_count(0)
    assert home.page.evaluate("[location.hash, sessionStorage.length]") == ["#/", 0]


def test_lost_response_is_retried_without_a_second_video(
    home: HomePage, kling: KlingSimulator, expect_console: Callable[[str], None]
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    expect_console("net::ERR_FAILED")
    home.page.clock.install()
    home.open()
    home_page.intercept_create(home.page, lose)

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.submit()
        while len(requests) < 3:  # the page retries automatically, with growing pauses
            home.page.clock.fast_forward(2000)
            home.page.wait_for_load_state()
        expect(home.form.get_by_text("No internet connection.")).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    home.page.unroute(home_page.VIDEOS)
    home.form.get_by_role("button", name="Try again").click()

    expect(home.player).to_be_visible()
    assert kling.create_calls[home.video()["id"]] == 1


def test_reload_before_the_response_finds_the_video(home: HomePage, kling: KlingSimulator) -> None:
    held: list[Route] = []

    def hold_first_response(route: Route) -> None:
        if held:
            return route.fallback()
        route.fetch()
        return held.append(route)

    home.open()
    home_page.intercept_create(home.page, hold_first_response)

    home.submit()
    expect(home.button("Creating…")).to_be_visible()
    assert home_page.eventually(lambda: home.videos() != [], page=home.page)
    home.page.reload()

    expect(home.player).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    assert kling.create_calls[home.video()["id"]] == 1
    with suppress(BrowserError):  # the page that sent it is gone
        held[0].abort()


def test_reload_during_generation_finds_the_video(home: HomePage, kling: KlingSimulator) -> None:
    kling.configure(finish_seconds=3600)
    home.open()
    home.submit()
    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()

    home.page.reload()

    expect(home.progress.get_by_text("The provider is generating the video.", exact=True)).to_be_visible()
    expect(home.progress.get_by_role("heading")).to_have_text([PROMPT])
    kling.configure(finish_seconds=0)
    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1


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


def test_daily_limit_is_shown_before_submitting(home: HomePage, limit: Callable[..., None]) -> None:
    limit(DAILY_VIDEO_LIMIT=2)
    home.user.follow(home.user.create_video().json()["id"])
    home.open()

    home.prompt.fill(PROMPT)
    expect(home.form.get_by_text("1 video and $19.72 left today.")).to_be_visible()
    expect(home.generate).to_be_enabled()
    home.page.get_by_role("group", name="Variations").get_by_role("radio", name="2").check()

    text = "1 video and $19.72 left today, but you are requesting 2 videos. Limits reset at midnight UTC."
    expect(home.form.get_by_text(text)).to_be_visible()
    expect(home.generate).to_be_disabled()


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
