"""The browser fixtures fail and skip tests as intended: small tests, run by their own pytest."""

import os
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from xml.etree import ElementTree

import pytest

from local.paths import ROOT
from tests.browser import accessibility, chromium

CONFTEST = """
    import pytest
    from tests.browser import accessibility, chromium, mini_site
    from tests.browser.conftest import *

    @pytest.fixture
    def base_url():
        with mini_site.serve("<p>Good morning</p>") as url:
            yield url
"""
NOTHING_INSTALLED = """
    chromium._COMMANDS = chromium._MAC_APPLICATIONS = ()
    accessibility.AXE = accessibility.AXE.parent / "nothing"
"""


def run(tests: str, *options: str, folder: Path, conftest: str = "") -> dict[str, tuple[str, str]]:
    """Return each test's outcome and message."""
    (folder / "conftest.py").write_text(dedent(CONFTEST) + dedent(conftest))
    (folder / "test_small.py").write_text(dedent(tests))
    plain = ("-p", "tests.browser.plugin", "-p", "no:cacheprovider", "-W", "error", "--import-mode=importlib")
    paths = (f"--rootdir={folder}", f"--junitxml={folder / 'done.xml'}", str(folder))
    command = [sys.executable, "-m", "pytest", *plain, *options, *paths]
    # Without the variables of the pytest that runs this test.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
    cases = ElementTree.parse(folder / "done.xml").iter("testcase")  # noqa: S314  # pytest wrote it
    return {str(case.get("name")): _outcome(case) for case in cases}


def _outcome(case: ElementTree.Element) -> tuple[str, str]:
    for result in case:
        if result.tag in ("failure", "error", "skipped"):
            return result.tag, f"{result.get('message')} {result.text}"
    return "passed", ""


def test_problem_on_a_page_fails_its_test_and_saves_a_screenshot(browser: object, tmp_path: Path) -> None:
    tests = """
        def test_quiet(page):
            page.goto("/")

        def test_complaining(page):
            page.goto("/")
            page.evaluate("() => console.error('broken')")

        def test_expecting(page, expect_console):
            page.goto("/")
            page.evaluate("() => console.error('broken')")
            expect_console("broken")

        def test_requesting_another_host(page):
            page.goto("/")
            page.evaluate("() => { new Image().src = 'http://localhost:8000/'; }")

        def test_breaking_the_policy(page):
            page.goto("/")
            page.evaluate("() => { document.body.setAttribute('style', 'color: red'); }")

        def test_failing_otherwise(new_page):
            page = new_page()
            page.goto("/")
            page.evaluate("() => console.error('broken')")
            assert page.title() == "Another"
    """

    done = run(tests, folder=tmp_path)

    assert {name: outcome for name, (outcome, _) in done.items()} == {
        "test_quiet": "passed",
        "test_complaining": "failure",
        "test_expecting": "passed",
        "test_requesting_another_host": "failure",
        "test_breaking_the_policy": "failure",
        "test_failing_otherwise": "failure",
    }
    assert "console error: broken" in done["test_complaining"][1]
    assert "request to another host: http://localhost:8000/" in done["test_requesting_another_host"][1]
    assert "Content Security Policy" in done["test_breaking_the_policy"][1]
    assert "console error: broken" in done["test_failing_otherwise"][1]
    assert sorted(it.name for it in (tmp_path / ".keepreel/browser").iterdir()) == [
        f"test-small-py-test-{name}-1.png"
        for name in ("breaking-the-policy", "complaining", "failing-otherwise", "requesting-another-host")
    ]


@pytest.mark.parametrize(("options", "outcome"), [((), "skipped"), (("--require-browser",), "error")])
def test_missing_chromium_or_axe_skips_or_fails_with_the_reason(
    options: tuple[str, ...], outcome: str, tmp_path: Path
) -> None:
    tests = """
        def test_page(page):
            pass

        def test_look(assert_accessible):
            pass
    """

    done = run(tests, *options, folder=tmp_path, conftest=NOTHING_INSTALLED)

    assert {name: it for name, (it, _) in done.items()} == {"test_page": outcome, "test_look": outcome}
    assert chromium.MISSING in done["test_page"][1]
    assert accessibility.MISSING in done["test_look"][1]
