"""Videos of a model that its vendor has ended: remix and retry name the model that is used, and its price, first."""

from collections.abc import Callable

from playwright.sync_api import expect

from keepreel.db import refused_models
from keepreel.errors import Unavailability
from local.simulators.kling.simulator import KlingSimulator
from tests import factories
from tests.browser import home_page
from tests.browser.home_page import PROMPT, HomePage

RETIRED, SUCCESSOR = "kling-v2-1", "kling-2.5-turbo"


def write_video(home: HomePage, status: str) -> None:
    record = factories.record(home.user.owner, prompt=PROMPT, final_prompt=PROMPT, model=RETIRED, status=status)
    factories.write([record])


def used_models(home: HomePage) -> tuple[str, str | None]:
    newest = home.videos()[0]
    return newest["model"], newest["requested_model"]


def test_retired_model_is_not_offered(home: HomePage) -> None:
    home.open()

    assert home.model.locator(f"option[value='{RETIRED}']").count() == 0


def test_remix_of_a_retired_model_names_its_successor_before_it_is_sent(home: HomePage, kling: KlingSimulator) -> None:
    write_video(home, "failed")
    home.open()
    home.titles.get_by_role("button").first.click()
    home.page.get_by_role("dialog").get_by_role("button", name="Edit and retry").click()

    expect(home.form.get_by_text(f"{RETIRED} is no longer available, so Kling 2.5 Turbo is selected.")).to_be_visible()
    expect(home.form.get_by_text("$0.21", exact=True)).to_be_visible()
    home.form.get_by_role("button", name="Generate with Kling 2.5 Turbo").click()
    expect(home.player).to_be_visible()

    assert used_models(home) == (SUCCESSOR, RETIRED)


def test_retry_of_a_retired_model_names_its_successor_and_price_in_the_button(home: HomePage) -> None:
    write_video(home, "failed")
    home.open()
    home.titles.get_by_role("button").first.click()

    home.page.get_by_role("dialog").get_by_role("button", name="Try again with Kling 2.5 Turbo · $0.21").click()

    assert home_page.eventually(lambda: len(home.videos()) == 2, page=home.page)
    assert used_models(home) == (SUCCESSOR, RETIRED)


def test_retry_on_a_card_asks_before_the_successor_is_used(home: HomePage) -> None:
    write_video(home, "failed")
    home.open()
    home_page.keep_toasts(home.page)

    home.cards.first.get_by_role("button", name="Try again").click()
    offer = home.toasts.get_by_role("button", name="Use Kling 2.5 Turbo · $0.21")
    expect(offer).to_be_visible()
    assert len(home.videos()) == 1
    offer.click()

    assert home_page.eventually(lambda: len(home.videos()) == 2, page=home.page)
    assert used_models(home) == (SUCCESSOR, RETIRED)


def test_model_that_ends_while_the_form_is_open_is_replaced_by_the_successor_of_the_error(
    home: HomePage, expect_console: Callable[[str], None]
) -> None:
    expect_console("status of 400")
    home.open()
    home.model.select_option("kling-2.6")
    home.prompt.fill(PROMPT)
    refused_models.record(["kling-2.6"], Unavailability.GONE)
    try:
        home.generate.click()

        expect(home.form.get_by_text("Use kling-3.0 (Kling 3.0) instead.")).to_be_visible()
        expect(home.model).to_have_value("kling-3.0")
    finally:
        refused_models.forget()
