"""What the check for accessibility finds, and what it lets be."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import accessibility
from tests.browser import mini_site as site

STRICT = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'"
IN_A_SHADOW = "<main><h1>Hello</h1><div id='outer'><template shadowrootmode='open'>{}</template></div></main>"


@pytest.fixture
def found(page: Page, assert_accessible: Callable[[Page], None]) -> Callable[[str], list[str]]:
    def find(html: str) -> list[str]:
        with site.serving(html, policy=STRICT) as url:
            page.goto(url)
            return accessibility.violations(page)

    return find


@pytest.mark.parametrize(
    ("html", "rule", "where"),
    [
        ("<button></button>", "button-name (critical)", "#outer >>> button"),
        ("<p style='color: #bbb; background: #fff'>Pale</p>", "color-contrast (serious)", "#outer >>> p"),
    ],
)
def test_what_is_grave_is_told_with_its_place_also_in_a_shadow_tree(
    html: str, rule: str, where: str, found: Callable[[str], list[str]]
) -> None:
    (line,) = found(IN_A_SHADOW.format(html))

    assert line.startswith(f"{rule} at {where}: ")


def test_what_is_no_more_than_moderate_is_let_be(found: Callable[[str], list[str]]) -> None:
    assert found("<p>Neither a heading nor a landmark</p>") == []


def test_a_page_with_a_grave_fault_fails(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    with site.serving("<main><h1>Hello</h1><button></button></main>") as url:
        page.goto(url)

        with pytest.raises(AssertionError, match="button-name"):
            assert_accessible(page)
