"""The template with its parameters and conditions resolved, as CloudFormation deploys it."""

from collections.abc import Mapping
from typing import Any

from local.aws.template import Template
from local.paths import ROOT


class AsDeployed:
    """The template with parameters. An attribute of a resource is written as "<LogicalId.Attribute>"."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._template = Template(ROOT / "template.yaml", parameters={"Stage": "dev", **parameters}, stack_name="test")
        self.names = frozenset(self._template.resources)

    @property
    def distribution(self) -> dict[str, Any]:
        config: dict[str, Any] = self.properties("Distribution")["DistributionConfig"]
        return config

    @property
    def variables(self) -> dict[str, str]:
        """Return the environment that all functions share."""
        found: dict[str, str] = self.properties("WebFunction")["Environment"]["Variables"]
        return found

    def properties(self, logical_id: str) -> dict[str, Any]:
        properties = self._template.resources[logical_id].properties
        found: dict[str, Any] = self._template.resolve(properties, attribute=_attribute)
        return found


def read(**parameters: str) -> AsDeployed:
    """Raises TemplateError for parameters that a rule of the template refuses."""
    return AsDeployed(parameters)


def _attribute(logical_id: str, name: str) -> str:
    return f"<{logical_id}.{name}>"
