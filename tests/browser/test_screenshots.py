"""The README's pictures can be taken, and are small."""

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
from tests.browser.screenshots import small
from tests.browser.screenshots_list import SHOTS, Scene
from tests.browser.signed_in import Visitor


@pytest.mark.parametrize("name", SHOTS)
def test_a_picture_can_still_be_taken(
    name: str,
    stack: Stack,
    kling: KlingSimulator,
    higgsfield: HiggsfieldSimulator,
    new_page: Callable[..., Page],
    sign_in: Callable[..., Visitor],
) -> None:
    page = new_page(SHOTS[name].look)
    # Whoever comes first has a community's id for good, and the other tests of this stack have theirs.
    scene = Scene(page=page, visitor=sign_in(page), stack=stack, community_id=f"sophia-{uuid4().hex[:8]}")

    SHOTS[name].set_up(scene)


def test_there_is_a_picture_for_each_name_and_no_other() -> None:
    assert {path.stem for path in (ROOT / "docs/images").iterdir()} == set(SHOTS)


def test_a_small_picture_has_the_same_size_and_nearly_the_same_colours() -> None:
    picture = Image.merge("RGB", [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.new("L", (256, 256))])
    png = BytesIO()
    picture.save(png, "PNG")

    made = Image.open(BytesIO(small(png.getvalue())))

    assert (made.format, made.mode, made.size) == ("PNG", "P", picture.size)
    difference = ImageChops.difference(made.convert("RGB"), picture)
    assert max(ImageStat.Stat(difference).mean) < 4
