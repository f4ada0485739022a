"""Generate videos on the home page: image, prompt, template, settings, price and quota."""

import re
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import FilePayload, Route, expect

from keepreel.media import uploads
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.home_page import PROMPT, HomePage

DROP_OR_PASTE = """(node, { kind, name, mimeType, content }) => {
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
    const about = { bubbles: true, composed: true, cancelable: true };
    node.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...about, dataTransfer })
        : new ClipboardEvent("paste", { ...about, clipboardData: dataTransfer }));
}"""


def submitted(kling: KlingSimulator, video: dict[str, Any], *, type: str) -> dict[str, Any]:
    """Return what Kling's simulator recorded of the video's image of this type, such as `first_frame`."""
    (task,) = [task for task in kling.tasks if task["external_id"] == video["id"]]
    (item,) = [item for item in task["body"]["contents"] if item["type"] == type]
    image: dict[str, Any] = item["image"]
    return image


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
    expect(home.form.get_by_text("$0.21", exact=True)).to_be_visible()
    home.generate.click()
    expect(home.player).to_be_visible()

    video = home.video()
    uploaded = uploads.read(owner=home.user.owner, source_image=video["source_image_url"], max_bytes=10_000_000)
    sent = Image.open(BytesIO(uploaded))
    image = submitted(kling, video, type="first_frame")
    assert (video["status"], video["aspect_ratio"], video["cost"]["estimated_usd"]) == ("completed", "16:9", 0.21)
    assert (image["width"], image["height"]) == sent.size == (640, 360)
    assert ImageStat.Stat(sent).mean == pytest.approx([255, 0, 0], abs=5)
    assert home.page.get_by_role("textbox", name="Permanent link").input_value() == video["video_url"]
    assert home_page.play(home.player) == [video["width"], video["height"]]
    expect(home.card(PROMPT)).to_be_visible()
    expect(home.form.get_by_text("29 videos and $19.79 left today.")).to_be_visible()


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
    file, message = UNUSABLE[kind]
    home.open()

    with home_page.record_requests(home.page, method="POST", path="/v1/videos") as requests:
        home.choose(file)

        expect(home.form.get_by_role("alert").get_by_text(message)).to_be_visible()
        if kind == "too small":
            home.submit()
            expect(home.button("Crop")).to_be_focused()
    assert (requests, home.videos()) == ([], [])


def test_image_limits_are_those_of_the_selected_model(home: HomePage) -> None:
    def raise_minimum(route: Route) -> None:
        response = route.fetch()
        models = response.json()["models"]
        for model in models:
            model["limits"]["min_image_side"] = 700 if model["id"] == "kling-3.0" else 300
        route.fulfill(response=response, json={"models": models})

    home.page.route("**/v1/models", raise_minimum)
    home.open()
    home.model.select_option("kling-2.6")
    home.choose(home_page.image_file(640, 640))
    expect(home.page.get_by_role("img", name="Selected image")).to_be_visible()
    error = home.form.get_by_role("alert").get_by_text("each side must have at least 700 pixels.")
    expect(error).to_be_hidden()

    home.model.select_option("kling-3.0")
    expect(error).to_be_visible()

    home.model.select_option("kling-2.6")
    expect(error).to_be_hidden()


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


def test_displayed_price_follows_the_server(home: HomePage) -> None:
    def raise_price(route: Route) -> None:
        if not home_page.is_dry_run(route.request):
            return route.fallback()
        response = route.fetch().json()
        return route.fulfill(json={**response, "cost": {**response["cost"], "estimated_usd": 0.56}})

    home.open()
    home.page.route(home_page.VIDEOS, raise_price)

    expect(home.form.get_by_text("$0.21", exact=True)).to_be_visible()
    home.prompt.fill(PROMPT)

    expect(home.form.get_by_text("$0.56", exact=True)).to_be_visible()


def test_draft_survives_navigation_and_reload_but_not_sign_out(home: HomePage) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.form.get_by_role("radio", name="16:9").check()
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


def test_daily_limit_is_shown_before_submitting(home: HomePage, limit: Callable[..., None]) -> None:
    limit(DAILY_VIDEO_LIMIT=2)
    home.user.follow(home.user.create_video().json()["id"])
    home.open()

    home.prompt.fill(PROMPT)
    expect(home.form.get_by_text("1 video and $19.79 left today.")).to_be_visible()
    expect(home.generate).to_be_enabled()
    home.page.get_by_role("group", name="Variations").get_by_role("radio", name="2").check()

    text = "1 video and $19.79 left today, but you are requesting 2 videos. Limits reset at midnight UTC."
    expect(home.form.get_by_text(text)).to_be_visible()
    expect(home.generate).to_be_disabled()
