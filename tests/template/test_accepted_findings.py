"""The accepted findings of the scanners name resources of the template."""

from typing import Any

from local.tools.deployment import scan
from local.tools.deployment.scan import Finding


def test_each_entry_names_an_existing_resource(resources: dict[str, Any]) -> None:
    entries = scan.accepted()

    assert [it for it in entries if not any(it.matches(Finding(it.scanner, it.rule, name)) for name in resources)] == []
