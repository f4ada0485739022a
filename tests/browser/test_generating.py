"""Making a video on the page: from a picture or words alone, once however often one clicks, and through failures."""

import re
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Error as BrowserError
from playwright.sync_api import FilePayload, Page, Route, expect

from keepreel.media import uploads
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from tests.browser import home_page
from tests.browser.home_page import PROMPT, Home
from tests.browser.signed_in import Visitor

GIVE = """(node, { kind, name, mimeType, content }) => {
    const dataTransfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(content), (it) => it.charCodeAt(0));
    dataTransfer.items.add(new File([bytes], name, { type: mimeType }));
    const about = { bubbles: true, composed: true, cancelable: true };
    node.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...about, dataTransfer })
        : new ClipboardEvent("paste", { ...about, clipboardData: dataTransfer }));
}"""


@pytest.fixture
def home(page: Page, sign_in: Callable[..., Visitor], kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Home:
    return Home(page=page, person=sign_in(page))


def received(kling: KlingSimulator, video: dict[str, Any]) -> dict[str, Any]:
    """What Kling was sent for it."""
    (task,) = [task for task in kling.tasks if task["external_id"] == video["id"]]
    body: dict[str, Any] = task["body"]
    return body


def four_colours() -> Image.Image:
    """Red is at the top left."""
    picture = Image.new("RGB", (2, 2))
    picture.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0)])
    return picture.resize((1600, 1200), Image.Resampling.NEAREST)


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_the_part_of_a_picture_that_was_chosen_becomes_a_video_that_plays(
    format: str, home: Home, kling: KlingSimulator
) -> None:
    page = home.page
    home.open()

    home.choose(home_page.image_file(1600, 1200, format=format, picture=four_colours()))
    page.get_by_role("radio", name="16:9").check()
    home.button("Crop").click()
    page.get_by_role("slider", name="Zoom").fill("2.5")
    part = page.get_by_role("group", name=re.compile("^Part of the image"))
    for _ in range(20):
        part.press("ArrowLeft")
        part.press("ArrowUp")
    home.button("Use this crop").click()
    expect(page.get_by_text("Cropped by hand to 16:9.")).to_be_visible()
    home.prompt.fill(PROMPT)
    expect(home.form.get_by_text("30 videos and $20.00 left today.")).to_be_visible()
    expect(home.form.get_by_text("$0.28", exact=True)).to_be_visible()
    home.generate.click()
    expect(home.player).to_be_visible()

    video = home.video()
    sent = Image.open(BytesIO(uploads.read(owner=home.person.owner, source_image=video["source_image_url"])))
    image = received(kling, video)["image"]
    assert (video["status"], video["aspect_ratio"], video["cost"]["estimated_usd"]) == ("completed", "16:9", 0.28)
    assert (image["width"], image["height"]) == sent.size == (640, 360)
    assert ImageStat.Stat(sent).mean == pytest.approx([255, 0, 0], abs=5)
    assert home.page.get_by_role("textbox", name="Permanent link").input_value() == video["video_url"]
    assert home_page.played(home.player) == [video["width"], video["height"]]
    expect(home.card(PROMPT)).to_be_visible()
    expect(home.form.get_by_text("29 videos and $19.72 left today.")).to_be_visible()


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_may_be_dropped_or_pasted(kind: str, home: Home) -> None:
    home.open()
    file = home_page.image_file(format="PNG")

    content = b64encode(file["buffer"]).decode()
    home.prompt.evaluate(GIVE, {"kind": kind, "name": file["name"], "mimeType": file["mimeType"], "content": content})

    expect(home.page.get_by_role("img", name="The chosen image")).to_be_visible()
    home.ask()
    expect(home.player).to_be_visible()
    assert home.video()["source_image_url"].startswith("upload:")


NO_PICTURE: dict[str, tuple[FilePayload, str]] = {
    "of another type": (
        {"name": "notes.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"},
        "This is not a picture that can be used. Choose a JPEG, PNG or WebP.",
    ),
    "undecodable": (
        {"name": "broken.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 cut off"},
        "This picture cannot be read; it may be broken or cut off. Choose another one.",
    ),
    "too small": (
        home_page.image_file(299, 640),
        "This picture is too small: cut to 1:1 it must be 300 pixels on each side.",
    ),
}


@pytest.mark.parametrize("kind", NO_PICTURE)
def test_a_picture_that_cannot_be_used_is_refused_in_words_before_anything_is_asked(kind: str, home: Home) -> None:
    file, words = NO_PICTURE[kind]
    home.open()

    with home_page.counted(home.page, method="POST", path="/v1/videos") as asked:
        home.choose(file)

        expect(home.form.get_by_role("alert").get_by_text(words)).to_be_visible()
        if kind == "too small":
            home.ask()
            expect(home.button("Crop")).to_be_focused()
    assert (asked, home.videos()) == ([], [])


def test_a_video_may_be_made_from_words_alone(home: Home) -> None:
    home.open()

    home.generate.click()
    expect(home.form.get_by_text("Write a prompt first, or choose a template.")).to_be_visible()
    expect(home.prompt).to_be_focused()
    home.ask("  A quiet lake at dawn ")
    expect(home.player).to_be_visible()

    video = home.video()
    assert (video["prompt"], video["source_image_url"], video["status"]) == ("A quiet lake at dawn", None, "completed")


def test_a_template_is_sent_with_its_variables_until_its_words_are_edited(home: Home) -> None:
    page = home.page
    home.open()

    home.button("Templates").click()
    page.get_by_role("button", name="Rainy street at night").click()
    page.get_by_role("textbox", name="Place").fill("Lisbon's oldest hill")
    home.button("Use this template").click()
    expect(home.prompt).to_have_value(re.compile("Lisbon's oldest hill"))
    words = home.prompt.input_value()
    home.generate.click()
    expect(home.player).to_be_visible()
    from_template = home.video()
    home.ask(f"{words} Slowly.")
    expect(home.history.get_by_role("article")).to_have_count(2)

    by_hand = home.videos()[0]
    assert (from_template["template"]["id"], from_template["final_prompt"]) == ("rainy-street", words)
    assert (by_hand["template"], by_hand["prompt"]) == (None, f"{words} Slowly.")


def test_two_variations_are_two_videos_for_the_price_that_was_shown(home: Home) -> None:
    page = home.page
    home.open()

    home.model.select_option("kling-3.0")
    page.get_by_role("combobox", name="Duration").select_option("7 s")
    page.get_by_role("radio", name="1080p").check()
    page.get_by_role("group", name="Variations").get_by_role("radio", name="2").check()
    expect(home.form.get_by_text("$1.58", exact=True)).to_be_visible()
    home.ask()

    expect(home.player).to_have_count(2)
    expect(home.stage.get_by_role("heading")).to_have_text([f"Variation {n} · {PROMPT}" for n in (1, 2)])
    videos = home.videos()
    assert [(it["model"], it["duration_seconds"], it["resolution"], it["batch_index"]) for it in videos] == [
        ("kling-3.0", 7, "1080p", index) for index in (1, 0)
    ]
    assert sum(it["cost"]["estimated_usd"] for it in videos) == 1.58


def test_what_goes_on_is_told_by_phase_and_time_without_an_invented_percentage(
    home: Home, kling: KlingSimulator
) -> None:
    kling.steer(finish_seconds=3600)
    home.open()

    home.ask()

    expect(home.stage.get_by_text("The provider is making it.", exact=True)).to_be_visible()
    expect(home.stage.get_by_role("list", name="Phases").locator("[aria-current=step]")).to_have_text("Processing")
    expect(home.stage.get_by_role("timer")).to_have_text(re.compile(r"^0:0[1-9] · usually about 1 min 30 s$"))
    assert "%" not in home.stage.inner_text()
    expect(home.card(f"{PROMPT}, processing")).to_be_visible()
    kling.steer(finish_seconds=0)
    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()


def click_twice(home: Home) -> None:
    home.generate.dblclick()


def press_enter_twice(home: Home) -> None:
    home.generate.focus()
    home.page.keyboard.press("Enter")
    home.page.keyboard.press("Enter")


def press_control_enter_twice(home: Home) -> None:
    home.prompt.press("Control+Enter")
    home.prompt.press("Control+Enter")


@pytest.mark.parametrize("ask", [click_twice, press_enter_twice, press_control_enter_twice])
def test_who_asks_twice_before_the_answer_gets_one_video(ask: Callable[[Home], None], home: Home) -> None:
    held: list[Route] = []
    home.open()
    home_page.on_asking(home.page, held.append)
    home.prompt.fill(PROMPT)

    ask(home)
    expect(home.button("Sending…")).to_be_disabled()
    for route in held:
        route.continue_()

    expect(home.player).to_have_count(1)
    assert (len(held), len(home.videos())) == (1, 1)


def test_the_second_click_of_a_double_click_asks_for_nothing_even_after_the_answer(home: Home) -> None:
    home.open()
    home.ask()
    expect(home.player).to_be_visible()

    home.generate.hover()
    with home_page.counted(home.page, method="POST", path="/v1/videos") as asked:
        home.page.mouse.down(click_count=2)
        home.page.mouse.up(click_count=2)
        home.generate.click()  # this one is meant
        expect(home.history.get_by_role("article")).to_have_count(2)

    assert len(asked) == 1


def hold_enter(home: Home) -> None:
    home.generate.focus()
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")  # the key repeats itself


def hold_control_enter(home: Home) -> None:
    home.prompt.focus()
    home.page.keyboard.down("Control")
    home.page.keyboard.down("Enter")
    home.page.keyboard.down("Enter")
    home.page.keyboard.up("Control")


@pytest.mark.parametrize("hold", [hold_enter, hold_control_enter])
def test_a_key_that_is_held_down_makes_one_video(hold: Callable[[Home], None], home: Home) -> None:
    home.open()
    home.prompt.fill(PROMPT)

    with home_page.counted(home.page, method="POST", path="/v1/videos") as asked:
        hold(home)
        expect(home.player).to_be_visible()
        expect(home.generate).to_be_enabled()
        home.page.keyboard.down("Enter")  # still held, and the button has its focus back
        home.page.keyboard.up("Enter")
        expect(home.generate).to_be_enabled()

    assert len(asked) == 1


def test_a_gateway_with_too_much_to_do_does_not_make_a_request_forget_its_key(
    home: Home, expect_console: Callable[[str], None]
) -> None:
    answers = iter([503, 429])

    def answer(route: Route) -> None:
        status = next(answers, None)
        if status is None:
            return route.fallback()
        if status == 503:
            route.fetch()  # it was accepted
        return route.fulfill(status=status, json={"message": "Too Many Requests"})

    expect_console("status of 503")
    expect_console("status of 429")
    home.open()
    home_page.on_asking(home.page, answer)

    home.ask()
    expect(home.form.get_by_text("Too many requests at once.")).to_be_visible()
    home.generate.click()

    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1


def test_what_is_asked_for_is_what_the_form_said_at_the_click(home: Home) -> None:
    held: list[Route] = []
    home.open()
    home.page.route(re.compile(r"/v1/uploads$"), lambda route: held.append(route))
    home.choose(home_page.image_file())
    home.prompt.fill(PROMPT)

    home.generate.click()
    expect(home.button("Sending…")).to_be_visible()
    home.form.get_by_role("radio", name="4", exact=True).check(force=True)
    for route in held:
        route.continue_()

    expect(home.player).to_be_visible()
    assert home.video()["batch_id"] is None


def test_a_failed_video_tried_again_in_two_places_is_made_once_more(home: Home, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", message="out of memory")
    home.open()
    home.ask()
    expect(home.card(f"{PROMPT}, failed")).to_be_visible()
    held: list[Route] = []
    home.page.route(re.compile(r"/retry$"), lambda route: held.append(route))

    home.stage.get_by_role("button", name="Try again").click()
    home.card(f"{PROMPT}, failed").get_by_role("button", name="Try again").click()
    assert home_page.come_true(lambda: home.page.evaluate("1") == 1 and len(held) == 2)
    for route in held:
        route.continue_()

    expect(home.player).to_be_visible()
    assert [it["status"] for it in home.videos()] == ["completed", "failed"]


def test_a_price_that_has_changed_since_the_page_was_opened_is_shown_as_the_server_says_it(home: Home) -> None:
    def dearer(route: Route) -> None:
        if not home_page.is_dry(route.request):
            return route.fallback()
        said = route.fetch().json()
        return route.fulfill(json={**said, "cost": {**said["cost"], "estimated_usd": 0.56}})

    home.open()
    home.page.route(home_page.VIDEOS, dearer)

    expect(home.form.get_by_text("$0.28", exact=True)).to_be_visible()
    home.prompt.fill(PROMPT)

    expect(home.form.get_by_text("$0.56", exact=True)).to_be_visible()


def test_what_was_written_is_there_after_a_look_elsewhere_and_a_reload_and_gone_for_the_next_person(home: Home) -> None:
    home.open()
    home.choose(home_page.image_file())
    home.form.get_by_role("radio", name="16:9").check(force=True)
    home.prompt.fill(PROMPT)

    home.page.get_by_role("link", name="Communities").click()
    home.page.get_by_role("link", name="Create").click()
    expect(home.prompt).to_have_value(PROMPT)
    expect(home.form.get_by_role("radio", name="16:9")).to_be_checked()
    expect(home.form.get_by_text("The image that was chosen before.")).to_be_visible()
    home.page.reload()
    expect(home.prompt).to_have_value(PROMPT)

    home.page.get_by_role("link", name="Communities").click()
    home.button("Sign out").click()
    expect(home.form).to_have_count(0)
    assert home.page.evaluate("[location.hash, sessionStorage.length]") == ["#/", 0]


def test_an_answer_that_is_lost_is_asked_for_again_and_makes_no_second_video(
    home: Home, kling: KlingSimulator, expect_console: Callable[[str], None]
) -> None:
    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    expect_console("net::ERR_FAILED")
    home.page.clock.install()
    home.open()
    home_page.on_asking(home.page, lose)

    with home_page.counted(home.page, method="POST", path="/v1/videos") as asked:
        home.ask()
        while len(asked) < 3:  # the page tries that often by itself, with longer and longer pauses
            home.page.clock.fast_forward(2000)
            home.page.wait_for_load_state()
        expect(home.form.get_by_text("There is no connection right now.")).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    home.page.unroute(home_page.VIDEOS)
    home.form.get_by_role("button", name="Try again").click()

    expect(home.player).to_be_visible()
    assert kling.create_calls[home.video()["id"]] == 1


def test_a_reload_before_the_answer_finds_the_one_video(home: Home, kling: KlingSimulator) -> None:
    unanswered: list[Route] = []

    def keep_first_answer(route: Route) -> None:
        if unanswered:
            return route.fallback()
        route.fetch()
        return unanswered.append(route)

    home.open()
    home_page.on_asking(home.page, keep_first_answer)

    home.ask()
    expect(home.button("Sending…")).to_be_visible()
    assert home_page.come_true(lambda: home.videos() != [])
    home.page.reload()

    expect(home.player).to_be_visible()
    expect(home.prompt).to_have_value(PROMPT)
    assert kling.create_calls[home.video()["id"]] == 1
    with suppress(BrowserError):  # whoever waited for it has gone
        unanswered[0].abort()


def test_a_reload_in_the_middle_of_the_making_finds_the_video_again(home: Home, kling: KlingSimulator) -> None:
    kling.steer(finish_seconds=3600)
    home.open()
    home.ask()
    expect(home.stage.get_by_text("The provider is making it.", exact=True)).to_be_visible()

    home.page.reload()

    expect(home.stage.get_by_text("The provider is making it.", exact=True)).to_be_visible()
    expect(home.stage.get_by_role("heading")).to_have_text([PROMPT])
    kling.steer(finish_seconds=0)
    expect(home.player).to_be_visible()
    assert len(home.videos()) == 1


def test_a_failure_says_why_and_what_to_do_and_is_tried_again(home: Home, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails", message="out of memory")
    home.open()

    home.ask()

    alert = home.stage.get_by_role("alert").filter(has_text="It could not be made.")
    expect(alert).to_be_visible()
    failed = home.video()
    expect(alert).to_contain_text(failed["error"]["message"])
    expect(home.prompt).to_have_value(PROMPT)
    expect(home.card(f"{PROMPT}, failed")).to_be_visible()
    home.stage.get_by_role("button", name="Try again").click()
    expect(home.player).to_be_visible()
    expect(alert).not_to_be_attached()
    assert [(it["status"], it["remixed_from"]) for it in home.videos()] == [
        ("completed", failed["id"]),
        ("failed", None),
    ]


def test_what_failed_may_be_changed_and_asked_for_anew(home: Home, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    home.open()
    home.ask()

    home.stage.get_by_role("button", name="Change it").click()
    expect(home.prompt).to_be_focused()
    expect(home.form.get_by_text(f"Remix of {PROMPT}")).to_be_visible()
    home.ask("A paper boat rests")
    expect(home.player).to_be_visible()

    changed, failed = home.videos()
    assert (changed["prompt"], changed["status"], changed["remixed_from"]) == (
        "A paper boat rests",
        "completed",
        failed["id"],
    )


def test_what_its_provider_has_not_begun_can_be_canceled(home: Home, higgsfield: HiggsfieldSimulator) -> None:
    higgsfield.steer(finish_seconds=3600, queue_seconds=3600)
    home.open()
    home.choose(home_page.image_file())
    home.model.select_option("higgsfield-dop-lite")
    home.ask()
    expect(home.stage.get_by_text("The provider is making it.", exact=True)).to_be_visible()

    home.stage.get_by_role("button", name="Cancel").click()

    expect(home.stage.get_by_role("strong").get_by_text("Canceled before it was begun.")).to_be_visible()
    expect(home.card(f"{PROMPT}, canceled")).to_be_visible()
    assert home.video()["status"] == "canceled"
    home.button("Make another").click()
    expect(home.prompt).to_be_focused()


def test_a_remix_begins_with_the_prompt_and_the_settings_and_changes_what_one_changes(home: Home) -> None:
    first = home.person.ask(
        prompt=PROMPT, model="kling-2.6", duration_seconds=10, aspect_ratio="16:9", resolution="1080p"
    ).json()
    home.person.follow(first["id"])
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


def test_a_remix_can_be_left_for_a_video_of_its_own(home: Home) -> None:
    home.person.follow(home.person.ask(prompt=PROMPT).json()["id"])
    home.open()

    home.button(f"Remix: {PROMPT}").click()
    home.button("Leave the remix").click()
    home.ask("A kite rises")
    expect(home.player).to_be_visible()

    assert [it["remixed_from"] for it in home.videos()] == [None, None]


def test_a_daily_limit_is_told_before_the_click(home: Home, limit: Callable[..., None]) -> None:
    limit(DAILY_VIDEO_LIMIT=2)
    home.person.follow(home.person.ask().json()["id"])
    home.open()

    home.prompt.fill(PROMPT)
    expect(home.form.get_by_text("1 video and $19.72 left today.")).to_be_visible()
    expect(home.generate).to_be_enabled()
    home.page.get_by_role("group", name="Variations").get_by_role("radio", name="2").check()

    words = "1 video and $19.72 left today, and this asks for 2 videos. The limit starts anew at midnight UTC."
    expect(home.form.get_by_text(words)).to_be_visible()
    expect(home.generate).to_be_disabled()


def test_who_leaves_for_another_view_and_comes_back_finds_everything_going_on(
    home: Home, kling: KlingSimulator
) -> None:
    kling.steer(finish_seconds=3600)
    home.open()
    home.ask()
    expect(home.card(f"{PROMPT}, processing")).to_be_visible()

    navigation = home.page.get_by_role("navigation", name="Main")
    navigation.get_by_role("link", name="Communities").click()
    expect(home.page.get_by_role("heading", level=1, name="Communities")).to_be_visible()
    navigation.get_by_role("link", name="Create").click()

    expect(home.stage.get_by_role("listitem").filter(has_text=PROMPT)).to_have_count(1)
    expect(home.card(f"{PROMPT}, processing")).to_have_count(1)
    kling.steer(finish_seconds=0)
    expect(home.player).to_be_visible()
    expect(home.card(PROMPT)).to_have_count(1)
    assert len(home.videos()) == 1
