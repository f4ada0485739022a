"""The history of a person's videos: finding them, watching, saving, sharing and deleting them, and nobody else's."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from local.aws import users as identity
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests import factories as on_record
from tests.browser import home_page as making
from tests.browser.chromium import STILL
from tests.browser.home_page import PROMPT, Home
from tests.browser.signed_in import Visitor

PAGE = 24  # videos that the list shows at first
ONLINE = "() => dispatchEvent(new Event('online'))"  # at which the page looks whether there is anything new
SOON_OVER = "() => { const now = Date.now; Date.now = () => now() + 57 * 60_000; }"  # what is left of the token's hour
OPEN_GRAPH = "() => [...document.querySelectorAll('meta[property^=\"og:\"]')].map((it) => it.getAttribute('property'))"


@pytest.fixture
def home(page: Page, sign_in: Callable[..., Visitor], kling: KlingSimulator, higgsfield: HiggsfieldSimulator) -> Home:
    return Home(page=page, person=sign_in(page))


def kept(home: Home, prompt: str = PROMPT, **fields: Any) -> dict[str, Any]:
    """A finished video of this person."""
    return home.person.follow(home.person.ask(prompt=prompt, **fields).json()["id"])


def on_record_as(home: Home, *prompts: str) -> None:
    """Videos of this person that nobody made; they have no files, so they have failed."""
    on_record.write(on_record.record(home.person.owner, prompt=it, status="failed") for it in prompts)


def toast(page: Page) -> Locator:
    return page.locator("toast-stack")


def titles(home: Home) -> Locator:
    return home.history.get_by_role("article").get_by_role("heading")


def test_a_card_shows_the_first_frame_the_prompt_the_day_and_the_length(home: Home) -> None:
    prompt = "A paper boat drifts across a rainy street. " * 8
    video = kept(home, prompt=prompt, duration_seconds=10)
    home.open()

    (card,) = home.history.get_by_role("article").all()

    expect(card.locator("img")).to_have_attribute("src", video["thumbnail_url"])
    expect(card.locator("img")).to_have_js_property("naturalWidth", video["width"])
    assert prompt.startswith(card.get_by_role("heading").inner_text().rstrip("…"))
    assert len(card.get_by_role("heading").inner_text()) <= 160
    expect(card.get_by_text("10 s", exact=True)).to_be_visible()
    expect(card.get_by_role("time")).to_have_text("just now")
    expect(card.get_by_role("time")).to_have_attribute("datetime", video["created_at"])


def test_what_is_chosen_is_kept_in_the_address_and_by_a_reload(home: Home) -> None:
    on_record.put(home.person.owner, 1, model="kling-2.6", status="canceled")
    on_record.put(home.person.owner, 2, model="kling-2.6", status="failed")
    on_record.put(home.person.owner, 1, model="kling-3.0", status="failed")
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards).to_have_count(4)

    home.button("Failed").click()
    expect(cards).to_have_count(3)
    home.history.get_by_role("combobox", name="Model").select_option("Kling 2.6")
    expect(cards).to_have_count(2)
    assert home.page.url.endswith("/#/?status=failed&model=kling-2.6")
    home.page.reload()

    expect(cards).to_have_count(2)
    expect(home.button("Failed")).to_have_attribute("aria-pressed", "true")
    expect(home.history.get_by_role("combobox", name="Model")).to_have_value("kling-2.6")
    home.button("All").click()
    expect(cards).to_have_count(3)
    assert home.page.url.endswith("/#/?model=kling-2.6")


def test_who_has_no_video_is_led_to_the_first_and_who_has_none_of_a_kind_to_all_of_them(home: Home) -> None:
    home.open()

    expect(home.history.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    home.button("Write your first prompt").click()
    expect(home.prompt).to_be_focused()

    kept(home)
    home.button("Failed").click()
    expect(home.history.get_by_role("heading", name="No video matches")).to_be_visible()
    expect(home.history.get_by_role("heading", name="Nothing here yet")).not_to_be_attached()
    home.button("Clear filters").click()
    expect(home.card(PROMPT)).to_be_visible()
    assert home.page.url.endswith("/#/")


def test_a_slash_leads_to_the_search_which_looks_for_all_words(home: Home) -> None:
    on_record_as(home, "A red kite over the sea", "A red boat", "The sea at night")
    home.open()
    expect(titles(home)).to_have_count(3)

    home.page.keyboard.press("/")
    expect(home.page.get_by_role("searchbox", name="Search prompts")).to_be_focused()
    home.page.keyboard.type("SEA red")

    expect(titles(home)).to_have_text(["A red kite over the sea"])
    expect(home.history.get_by_text("Searched the 3 loaded videos, found 1")).to_be_visible()
    home.page.keyboard.press("Escape")
    expect(titles(home)).to_have_count(3)
    home.prompt.press("/")
    expect(home.prompt).to_have_value("/")


def test_more_are_loaded_on_request_and_the_focus_goes_to_the_first_of_them(home: Home) -> None:
    prompts = [f"Number {number}" for number in range(PAGE + 3)]
    on_record_as(home, *prompts)
    cards = home.history.get_by_role("article")
    home.open()
    expect(cards).to_have_count(PAGE)

    home.button("Load more").click()

    expect(cards).to_have_count(PAGE + 3)
    expect(titles(home)).to_have_text(prompts[::-1])
    expect(cards.nth(PAGE)).to_be_focused()
    expect(home.button("Load more")).to_be_hidden()


@pytest.mark.parametrize("looks", [(), (STILL,)], ids=["moving", "still"])
def test_a_video_is_fetched_only_for_who_stays_on_its_card_and_likes_motion(
    looks: tuple[Any, ...], new_page: Callable[..., Page], sign_in: Callable[..., Visitor], kling: KlingSimulator
) -> None:
    page = new_page(*looks)
    home = Home(page=page, person=sign_in(page))
    kept(home)
    page.clock.install()
    home.open()

    with making.counted(page, method="GET", path="/video.mp4") as fetched:
        expect(home.card(PROMPT).locator("img")).to_have_js_property("naturalWidth", 64)
        assert fetched == []
        home.button(f"Play: {PROMPT}").hover()
        page.clock.run_for(1000)
        expect(home.card(PROMPT).locator("video")).to_have_count(0 if looks else 1)
        if not looks:
            expect(home.card(PROMPT).locator("video.moving")).to_be_visible()
        home.prompt.hover()
        expect(home.card(PROMPT).locator("video")).to_have_count(0)

    assert len(fetched) == (0 if looks else 1)


def test_a_download_is_the_file_under_a_sensible_name(home: Home, tmp_path: Path) -> None:
    video = kept(home)
    home.open()

    with home.page.expect_download() as found:
        home.button(f"Download: {PROMPT}").click()

    found.value.save_as(tmp_path / "video.mp4")
    assert re.fullmatch(r"[\w-]+\.mp4", found.value.suggested_filename)
    assert (tmp_path / "video.mp4").stat().st_size == video["size_bytes"]
    assert home.page.url.endswith("/")


def test_a_shared_link_shows_the_video_to_anybody_until_the_sharing_stops(
    home: Home, new_page: Callable[..., Page]
) -> None:
    video = kept(home)
    home.open()

    home.button(f"Share: {PROMPT}").click()
    link = home.page.get_by_role("textbox", name="Share link").input_value()
    anybody = new_page()
    anybody.goto(link)

    assert {"og:title", "og:image", "og:video", "og:url"} <= set(anybody.evaluate(OPEN_GRAPH))
    assert making.played(anybody.locator("video")) == [video["width"], video["height"]]
    outside = [home.page.get_by_role("link", name=f"Share on {it}").get_attribute("href") for it in ("X", "Telegram")]
    assert [PROMPT.split()[1] in str(it) for it in outside] == [False, False]
    home.button("Stop sharing").click()
    expect(toast(home.page).get_by_text("Sharing has stopped.", exact=False).first).to_be_visible()
    assert anybody.request.get(link).status == 404


def test_a_link_that_nobody_waited_for_is_not_shown_for_the_next_video(home: Home) -> None:
    first = kept(home)
    second = kept(home, prompt="A stone falls")
    held: list[Route] = []
    home.page.route(f"**{first['links']['share']}", lambda route: held.append(route))
    home.open()

    with home.page.expect_request(f"**{first['links']['share']}"):
        home.button(f"Share: {PROMPT}").click()
    home.page.keyboard.press("Escape")
    with home.page.expect_response(f"**{second['links']['share']}") as shared:
        home.button("Share: A stone falls").click()
    link = home.page.get_by_role("textbox", name="Share link")
    expect(link).to_have_value(shared.value.json()["url"])
    with home.page.expect_response(f"**{first['links']['share']}"):
        held[0].continue_()

    expect(link).to_have_value(shared.value.json()["url"])
    home.button("Stop sharing").click()
    expect(toast(home.page).get_by_text("Sharing has stopped.", exact=False).first).to_be_visible()
    assert home.page.request.get(shared.value.json()["url"]).status == 404


def test_a_key_that_is_held_down_deletes_one_video(home: Home) -> None:
    on_record_as(home, "First", "Second", "Third")
    home.open()
    home.history.get_by_role("article").first.focus()

    for _ in range(3):
        home.page.keyboard.down("Delete")
    home.page.keyboard.up("Delete")

    expect(toast(home.page).get_by_text("Deleted: Third", exact=True)).to_be_visible()
    expect(titles(home)).to_have_text(["Second", "First"])


def test_who_undoes_a_deletion_has_the_video_back_and_the_focus_on_it(home: Home) -> None:
    video = kept(home)
    home.open()

    with making.counted(home.page, method="DELETE", path=video["links"]["self"]) as deleted:
        home.button(f"Delete: {PROMPT}").click()
        expect(home.card(PROMPT)).not_to_be_attached()
        expect(toast(home.page).get_by_text(f"Deleted: {PROMPT}", exact=True)).to_be_visible()
        home.button("Undo").click()

        expect(home.card(PROMPT)).to_be_focused()
        home.page.reload()
        expect(home.card(PROMPT)).to_be_visible()
    assert (deleted, home.video()["id"]) == ([], video["id"])


def wait_it_out(home: Home) -> None:
    home.page.mouse.move(0, 0)
    home.page.clock.run_for(7000)


def dismiss(home: Home) -> None:
    home.button("Dismiss").click()


def leave_the_page(home: Home) -> None:
    home.page.goto("/docs")


def close_the_page(home: Home) -> None:
    home.page.close(run_before_unload=True)


def sign_out(home: Home) -> None:
    home.button("Sign out").click()
    expect(home.page.get_by_role("heading", name="Sign in")).to_be_visible()


@pytest.mark.parametrize("then", [wait_it_out, dismiss, leave_the_page, close_the_page, sign_out])
def test_what_was_deleted_is_gone_for_good_once_it_can_no_longer_be_undone(
    then: Callable[[Home], None], home: Home
) -> None:
    video = kept(home)
    home.page.clock.install()
    home.open()

    home.button(f"Delete: {PROMPT}").click()
    expect(home.card(PROMPT)).not_to_be_attached()
    assert home.person.send("GET", video["links"]["self"]).status_code == 200
    then(home)

    assert making.is_gone(home.person, video)


@pytest.mark.parametrize("then", [leave_the_page, sign_out])
def test_a_token_that_holds_a_few_minutes_more_is_enough_to_delete_while_leaving(
    then: Callable[[Home], None], home: Home
) -> None:
    video = kept(home)
    home.open()

    home.button(f"Delete: {PROMPT}").click()
    expect(home.card(PROMPT)).not_to_be_attached()
    home.page.evaluate(SOON_OVER)
    then(home)

    assert making.is_gone(home.person, video)


def test_what_could_not_be_deleted_comes_back_and_says_so(home: Home, expect_console: Callable[[str], None]) -> None:
    video = kept(home)
    expect_console("status of 500")
    home.open()
    path = re.compile(f"{video['links']['self']}$")
    home.page.route(path, lambda it: it.fulfill(status=500) if it.request.method == "DELETE" else it.fallback())

    home.button(f"Delete: {PROMPT}").click()
    home.button("Dismiss").click()

    expect(toast(home.page).get_by_text("It was not deleted.").first).to_be_visible()
    expect(home.card(PROMPT)).to_be_visible()


def test_a_video_that_was_made_elsewhere_appears_by_itself_and_one_that_was_deleted_goes(home: Home) -> None:
    on_record_as(home, "An old one")
    home.page.clock.install()
    home.open()
    expect(titles(home)).to_have_text(["An old one"])

    elsewhere = kept(home, prompt="Made on another machine")
    home.page.evaluate(ONLINE)
    expect(titles(home)).to_have_text(["Made on another machine", "An old one"])
    home.person.send("DELETE", elsewhere["links"]["self"])
    home.page.clock.fast_forward(120_000)  # what is younger than a minute may only not be listed yet
    home.page.evaluate(ONLINE)

    expect(titles(home)).to_have_text(["An old one"])


def test_more_than_a_page_that_was_made_elsewhere_leaves_no_gap(home: Home) -> None:
    prompts = [f"Number {number}" for number in range(PAGE + 8)]
    on_record_as(home, *prompts[:2])
    home.open()
    expect(titles(home)).to_have_text(prompts[1::-1])
    expect(home.button("Load more")).to_be_hidden()

    on_record_as(home, *prompts[2:])
    home.page.evaluate(ONLINE)
    expect(titles(home)).to_have_count(PAGE + 2)
    home.button("Load more").click()

    expect(titles(home)).to_have_text(prompts[::-1])
    expect(home.button("Load more")).to_be_hidden()


def test_a_gap_that_was_filled_leads_on_to_what_is_older(home: Home) -> None:
    prompts = [f"Number {number}" for number in range(2 * PAGE + 8)]
    on_record_as(home, *prompts[: PAGE + 3])
    home.open()
    expect(titles(home)).to_have_count(PAGE)

    on_record_as(home, *prompts[PAGE + 3 :])
    home.page.evaluate(ONLINE)
    expect(titles(home)).to_have_count(2 * PAGE)
    home.button("Load more").click()
    expect(titles(home)).to_have_text(prompts[:2:-1])
    home.button("Load more").click()

    expect(titles(home)).to_have_text(prompts[::-1])
    expect(home.button("Load more")).to_be_hidden()


def test_what_is_finished_is_not_taken_for_deleted_where_a_status_of_before_is_chosen(
    home: Home, take_long: Callable[[float], None]
) -> None:
    take_long(3600)
    video = home.person.ask(prompt=PROMPT).json()
    held: list[Route] = []
    home.page.clock.install()
    home.open()
    expect(home.card(f"{PROMPT}, processing")).to_be_visible()
    home.open("/#/?status=processing")
    expect(home.stage.get_by_role("heading", name=PROMPT)).to_be_visible()
    home.page.route(re.compile(f"{video['links']['self']}$"), lambda route: held.append(route))

    take_long(0)
    home.person.follow(video["id"])
    home.page.clock.fast_forward(120_000)  # what is younger than a minute may only not be listed yet
    with home.page.expect_response(re.compile(r"\?status=processing&")):
        home.page.evaluate(ONLINE)
    home.page.evaluate("() => new Promise((resolve) => setTimeout(resolve))")  # the answer has been read
    expect(home.stage.get_by_role("heading", name=PROMPT)).to_be_visible()
    for route in held:
        route.continue_()

    expect(home.player).to_be_visible()


def test_the_card_of_an_unfinished_video_is_live(home: Home, kling: KlingSimulator) -> None:
    kling.steer(finish_seconds=3600)
    home.person.ask(prompt=PROMPT)
    home.open()

    unfinished = home.card(f"{PROMPT}, processing")
    expect(unfinished.get_by_text(re.compile(r"^0:0[1-9]$"))).to_be_visible()
    home.button("In progress").click()
    expect(titles(home)).to_have_text([PROMPT])
    home.button("All").click()
    kling.steer(finish_seconds=0)

    expect(home.card(PROMPT)).to_be_visible()
    expect(home.stage.locator("video")).to_be_visible()  # which announces it: test_accessibility.py
    expect(home.button(f"Download: {PROMPT}")).to_be_visible()


def test_a_failed_video_is_tried_again_from_its_card(home: Home, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    failed = kept(home)
    home.open()
    expect(home.card(f"{PROMPT}, failed").get_by_text(failed["error"]["message"])).to_be_visible()

    home.button(f"Try again: {PROMPT}").click()

    expect(home.card(PROMPT)).to_be_visible()
    assert [(it["status"], it["remixed_from"]) for it in home.videos()] == [
        ("completed", failed["id"]),
        ("failed", None),
    ]


def test_a_key_that_is_held_down_tries_once_more_and_not_twice(home: Home, kling: KlingSimulator) -> None:
    kling.fault(on="create", kind="task_fails")
    failed = kept(home)
    home.open()

    home.button(f"Try again: {PROMPT}").focus()
    with making.counted(home.page, method="POST", path=failed["links"]["retry"]) as asked:
        with home.page.expect_response(f"**{failed['links']['retry']}"):
            home.page.keyboard.down("Enter")
        home.page.keyboard.down("Enter")
        home.page.keyboard.down("Enter")
        home.page.keyboard.up("Enter")
        expect(home.card(PROMPT).first).to_be_visible()

    assert len(asked) == 1


def test_the_details_show_all_that_is_known_and_lead_back(home: Home) -> None:
    first = kept(home, model="kling-2.6", aspect_ratio="16:9")
    remix = home.person.send("POST", first["links"]["remix"], json={"prompt": "A kite rises"}).json()
    video = home.person.follow(remix["id"])
    home.open()

    home.card("A kite rises").get_by_role("button", name="A kite rises", exact=True).click()

    dialog = home.page.get_by_role("dialog", name="A kite rises")
    assert making.played(dialog.locator("video")) == [video["width"], video["height"]]
    for words in ("Kling 2.6", "5 s, 16:9, 720p", f"{video['width']} × {video['height']}", "$0.21"):
        expect(dialog.get_by_text(words)).to_be_visible()
    expect(dialog.get_by_role("link", name=re.compile(r"video\.mp4$"))).to_have_attribute("href", video["video_url"])
    dialog.get_by_role("button", name="Show the original").click()
    expect(home.page.get_by_role("dialog", name=PROMPT)).to_be_visible()
    home.page.keyboard.press("Escape")
    expect(home.page.get_by_role("dialog")).to_have_count(0)
    expect(home.card("A kite rises").get_by_role("button", name="A kite rises", exact=True)).to_be_focused()


def test_two_people_never_see_each_others_videos_even_in_one_tab(
    home: Home, sign_in: Callable[..., Visitor], new_page: Callable[..., Page], stack: Stack
) -> None:
    kept(home)
    other_page = new_page()
    other = Home(page=other_page, person=sign_in(other_page))
    kept(other, prompt="A stone falls")
    home.open()
    expect(titles(home)).to_have_text([PROMPT])
    home.prompt.fill("My secret")

    home.button("Sign out").click()
    home.page.get_by_role("textbox", name="E-mail").fill(other.person.email)
    home.page.get_by_role("textbox", name="Password").fill(identity.PASSWORD)
    home.page.get_by_role("region", name="Sign in").get_by_role("button", name="Sign in", exact=True).click()

    expect(titles(home)).to_have_text(["A stone falls"])
    expect(home.prompt).to_have_value("")
    expect(home.page.get_by_text(PROMPT)).to_have_count(0)
    assert home.page.evaluate("() => JSON.stringify({ ...sessionStorage, ...localStorage })").count("secret") == 0
