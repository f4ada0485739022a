"""Every screenshot of the README can still be taken, and compression keeps it intact."""

from collections.abc import Callable
from io import BytesIO
from uuid import uuid4

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page

from local.paths import ROOT
from local.simulators.higgsfield.simulator import HiggsfieldSimulator
from local.simulators.kling.simulator import KlingSimulator
from local.stack import Stack
from tests.browser.screenshots import compress
from tests.browser.screenshots_list import SHOTS, Scene
from tests.browser.signed_in import SignedInUser


@pytest.mark.parametrize("name", SHOTS)
def test_screenshot_can_be_taken(
    name: str,
    stack: Stack,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    new_page: Callable[..., Page],
    sign_in: Callable[..., SignedInUser],
) -> None:
    page = new_page(SHOTS[name].options)
    # Community ids are global, and other tests share this stack.
    scene = Scene(page=page, user=sign_in(page), stack=stack, community_id=f"sophia-{uuid4().hex[:8]}")

    SHOTS[name].set_up(scene)


def test_each_screenshot_has_exactly_one_file() -> None:
    assert {path.stem for path in (ROOT / "docs/images").glob("*.png")} == set(SHOTS)


def test_compressed_screenshot_keeps_size_and_colors() -> None:
    picture = Image.merge("RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.new("L", (256, 256))])
    png = BytesIO()
    picture.save(png, "PNG")

    compressed = Image.open(BytesIO(compress(png.getvalue())))

    assert (compressed.format, compressed.mode, compressed.size) == ("PNG", "P", picture.size)
    difference = ImageChops.difference(compressed.convert("RGB"), picture)
    assert max(ImageStat.Stat(difference).mean) < 4
