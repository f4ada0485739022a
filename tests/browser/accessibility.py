"""Find accessibility violations with axe-core, including those in shadow trees."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
MISSING = "axe-core is not installed: `make page-tools` installs it with npm"

_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_REPORTED_IMPACTS = ("serious", "critical")
_RUN = "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] })"


def violations(page: Page) -> list[str]:
    """Return the serious and critical violations, one line per element: rule, location, reason.

    Colors are measured as they are, so check a page without running transitions.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(_RUN, list(_TAGS))["violations"]
    return [_line(rule, node) for rule in found if rule["impact"] in _REPORTED_IMPACTS for node in rule["nodes"]]


def _line(rule: dict[str, Any], node: dict[str, Any]) -> str:
    reason = "; ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))
    return f"{rule['id']} ({rule['impact']}) at {_location(node['target'])}: {reason}"


def _location(target: list[str | list[str]]) -> str:
    """Join the selectors from the document inward. An element in a shadow tree has a list, one selector per tree."""
    return " ".join(it if isinstance(it, str) else " >>> ".join(it) for it in target)
