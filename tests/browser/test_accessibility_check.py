"""The accessibility check reports serious violations and ignores moderate ones."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser import accessibility, mini_site

STRICT = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'"
IN_SHADOW_ROOT = "<main><h1>Hello</h1><div id='outer'><template shadowrootmode='open'>{}</template></div></main>"


@pytest.fixture
def violations_of(page: Page, assert_accessible: Callable[[Page], None]) -> Callable[[str], list[str]]:
    def check(html: str) -> list[str]:
        with mini_site.serve(html, policy=STRICT) as url:
            page.goto(url)
            return accessibility.violations(page)

    return check


@pytest.mark.parametrize(
    ("html", "rule", "location"),
    [
        ("<button></button>", "button-name (critical)", "#outer >>> button"),
        ("<p style='color: #bbb; background: #fff'>Pale</p>", "color-contrast (serious)", "#outer >>> p"),
    ],
)
def test_serious_violation_in_a_shadow_tree_is_reported_with_its_location(
    html: str, rule: str, location: str, violations_of: Callable[[str], list[str]]
) -> None:
    (line,) = violations_of(IN_SHADOW_ROOT.format(html))

    assert line.startswith(f"{rule} at {location}: ")


def test_moderate_violation_is_ignored(violations_of: Callable[[str], list[str]]) -> None:
    assert violations_of("<p>Neither a heading nor a landmark</p>") == []


def test_assert_accessible_fails_on_a_critical_violation(page: Page, assert_accessible: Callable[[Page], None]) -> None:
    with mini_site.serve("<main><h1>Hello</h1><button></button></main>") as url:
        page.goto(url)

        with pytest.raises(AssertionError, match="button-name"):
            assert_accessible(page)
