"""That the tests in a browser fail and skip as they should: a few small ones, run by a pytest of their own."""

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
    from tests.browser import accessibility, chromium, site
    from tests.browser.conftest import *

    @pytest.fixture
    def base_url():
        with site.serving("<p>Good morning</p>") as url:
            yield url
"""
WITHOUT_ANYTHING = """
    chromium._COMMANDS = chromium._MAC_APPLICATIONS = ()
    accessibility.AXE = accessibility.AXE.parent / "nothing"
"""


def run(tests: str, *options: str, folder: Path, conftest: str = "") -> dict[str, tuple[str, str]]:
    """Each test's outcome, with its words."""
    (folder / "conftest.py").write_text(dedent(CONFTEST) + dedent(conftest))
    (folder / "test_small.py").write_text(dedent(tests))
    plain = ("-p", "tests.browser.plugin", "-p", "no:cacheprovider", "-W", "error", "--import-mode=importlib")
    places = (f"--rootdir={folder}", f"--junitxml={folder / 'done.xml'}", str(folder))
    command = [sys.executable, "-m", "pytest", *plain, *options, *places]
    # Not as a worker of the pytest that runs this.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=120, check=False)
    cases = ElementTree.parse(folder / "done.xml").iter("testcase")  # noqa: S314  # pytest wrote it
    return {str(case.get("name")): _outcome(case) for case in cases}


def _outcome(case: ElementTree.Element) -> tuple[str, str]:
    for result in case:
        if result.tag in ("failure", "error", "skipped"):
            return result.tag, f"{result.get('message')} {result.text}"
    return "passed", ""


def test_what_goes_wrong_on_a_page_fails_its_test_and_leaves_a_picture(browser: object, tmp_path: Path) -> None:
    tests = """
        def test_quiet(page):
            page.goto("/")

        def test_complaining(page):
            page.goto("/")
            page.evaluate("() => console.error('broken')")

        def test_announcing(page, expect_console):
            page.goto("/")
            page.evaluate("() => console.error('broken')")
            expect_console("broken")

        def test_asking_elsewhere(page):
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
        "test_announcing": "passed",
        "test_asking_elsewhere": "failure",
        "test_breaking_the_policy": "failure",
        "test_failing_otherwise": "failure",
    }
    assert "console error: broken" in done["test_complaining"][1]
    assert "a request to another host: http://localhost:8000/" in done["test_asking_elsewhere"][1]
    assert "Content Security Policy" in done["test_breaking_the_policy"][1]
    assert "console error: broken" in done["test_failing_otherwise"][1]
    assert sorted(it.name for it in (tmp_path / ".keepreel/browser").iterdir()) == [
        f"test-small-py-test-{name}-1.png"
        for name in ("asking-elsewhere", "breaking-the-policy", "complaining", "failing-otherwise")
    ]


@pytest.mark.parametrize(("options", "outcome"), [((), "skipped"), (("--require-browser",), "error")])
def test_without_chromium_or_axe_the_reason_is_told(options: tuple[str, ...], outcome: str, tmp_path: Path) -> None:
    tests = """
        def test_page(page):
            pass

        def test_look(assert_accessible):
            pass
    """

    done = run(tests, *options, folder=tmp_path, conftest=WITHOUT_ANYTHING)

    assert {name: it for name, (it, _) in done.items()} == {"test_page": outcome, "test_look": outcome}
    assert chromium.MISSING in done["test_page"][1]
    assert accessibility.MISSING in done["test_look"][1]
