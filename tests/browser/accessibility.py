"""What axe-core finds on a page, in its shadow trees too."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
MISSING = "axe-core is not installed: `make page-tools` installs it with npm"

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_GRAVE = ("serious", "critical")
_RUN = "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })"


def violations(page: Page) -> list[str]:
    """The serious and critical ones, a line for each element: rule, where, why.

    Colours in the midst of a transition are measured as they are: look at a page that is still.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(_RUN, list(_TAGS))["violations"]
    return [_line(rule, node) for rule in found if rule["impact"] in _GRAVE for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    why = "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
    return f"{rule['id']} ({rule['impact']}) at {_where(node['target'])}: {why}"


def _where(target: list[str | list[str]]) -> str:
    """From the document inwards: an element in a shadow tree has a list of selectors, one for each tree."""
    return " ".join(it if isinstance(it, str) else " >>> ".join(it) for it in target)
