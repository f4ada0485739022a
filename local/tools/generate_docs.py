"""`make docs`: write the generated sections of docs/; with `--check`, only compare.

A generated section stands between `<!-- generated: name -->` and `<!-- end -->`. The text around it is written by hand.
"""

import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from local.paths import ROOT
from local.tools import api_reference, configuration_tables, running_cost
from local.tools.cost import limits, per_video

_SECTION = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

SECTIONS: Mapping[str, Callable[[], str]] = {
    "operations": api_reference.operations,
    "errors": api_reference.errors,
    "schemas": api_reference.schemas,
    "parameters": configuration_tables.parameters,
    "environment": configuration_tables.environment,
    "models": configuration_tables.models,
    "cost_per_video": per_video.comparison,
    "cost_per_month": running_cost.per_month,
    "limits": limits.rows,
    "limits_summary": limits.summary,
}


def with_sections(text: str, sections: Mapping[str, Callable[[], str]] = SECTIONS) -> str:
    """Return a document with its generated sections up to date. Raises KeyError for an unknown section."""
    return _SECTION.sub(lambda it: f"{it[1]}\n{sections[it[2]]().strip()}\n\n{it[3]}", text)


def documents() -> list[Path]:
    return [it for it in sorted((ROOT / "docs").rglob("*.md")) if _SECTION.search(it.read_text(encoding="utf-8"))]


def main(arguments: Sequence[str]) -> int:
    is_check = "--check" in arguments
    outdated = []
    for document in documents():
        text = document.read_text(encoding="utf-8")
        if text == (current := with_sections(text)):
            continue
        outdated.append(str(document.relative_to(ROOT)))
        if not is_check:
            document.write_text(current, encoding="utf-8")
    if outdated and is_check:
        print(f"{', '.join(outdated)}: out of date; run `make docs`", file=sys.stderr)
    return int(bool(outdated) and is_check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
