"""A stage: its section of samconfig.toml, its stack, and its parameters."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.aws.template import Template
from local.paths import ROOT
from local.tools.deployment import commands
from local.tools.deployment.commands import DeploymentError, Failure

DEFAULT = "dev"
PRODUCTION = "prod"
_NAME = re.compile(r"[a-z][a-z0-9-]{0,15}")


@dataclass(frozen=True, kw_only=True)
class Stage:
    name: str
    config: str  # the section of samconfig.toml
    stack: str
    parameters: Mapping[str, str] = field(repr=False)  # of that section

    @property
    def is_production(self) -> bool:
        return self.name == PRODUCTION

    def overrides(self, given: Mapping[str, str]) -> list[str]:
        """Return all parameters for `sam deploy`, which replaces its list in samconfig.toml instead of adding to it."""
        return [f"{name}={_quoted(value)}" for name, value in {**self.parameters, **given}.items()]


def main() -> None:
    """Refuse wrong arguments before `make deploy` builds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="")
    parser.add_argument("--parameters", default="")
    arguments = parser.parse_args()
    named(arguments.stage or DEFAULT)
    given(arguments.parameters)


def named(name: str) -> Stage:
    """Return a stage of samconfig.toml. Raises DeploymentError for an unknown one."""
    if not _NAME.fullmatch(name):
        raise DeploymentError(f'STAGE="{name}" is not a stage: use lower-case letters, digits and hyphens, as in dev')
    sections = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    stages = {
        _stage_of(config, section): (config, section) for config, section in sections.items() if _is_stage(section)
    }
    if name not in stages:
        raise DeploymentError(
            f"samconfig.toml has no stage {name}, only {', '.join(sorted(stages))}. "
            f"Copy its section prod, with the parameter Stage={name} and the stack keepreel-{name}."
        )
    config, section = stages[name]
    return Stage(
        name=name,
        config=config,
        stack=section["global"]["parameters"]["stack_name"],
        parameters=_parameters(section),
    )


def given(text: str) -> dict[str, str]:
    """Return the parameters of `PARAMETERS="Name=Value; Name=Value"`. Raises DeploymentError for an unknown name."""
    pairs = [it.strip().partition("=") for it in text.split(";") if it.strip()]
    known = Template.parameter_names(ROOT / "template.yaml")
    for name, equals, _ in pairs:
        if not equals:
            raise DeploymentError(f'PARAMETERS: "{name}" has no value; write "Name=Value; Name=Value"')
        if name.strip() not in known:
            raise DeploymentError(
                f"PARAMETERS: the template has no parameter {name.strip()}, see docs/configuration.md"
            )
        if name.strip() == "Stage":
            raise DeploymentError("PARAMETERS: the stage is chosen with STAGE=…")
    return {name.strip(): value.strip() for name, _, value in pairs}


def outputs(stack: str) -> dict[str, str]:
    """Return the outputs of a deployed stack. Raises DeploymentError if there is none."""
    found = commands.try_read("aws", "cloudformation", "describe-stacks", "--stack-name", stack)
    if isinstance(found, Failure):
        raise DeploymentError(f"{stack} cannot be read; is it deployed in this account and region? {found.message}")
    return {it["OutputKey"]: it["OutputValue"] for it in found["Stacks"][0].get("Outputs", ())}


def _is_stage(section: Any) -> bool:
    return isinstance(section, dict) and "deploy" in section


def _stage_of(config: str, section: Mapping[str, Any]) -> str:
    return _parameters(section).get("Stage", config)


def _parameters(section: Mapping[str, Any]) -> dict[str, str]:
    listed = section["deploy"]["parameters"].get("parameter_overrides", "")
    pairs = shlex.split(listed) if isinstance(listed, str) else listed
    return {name: value for name, _, value in (it.partition("=") for it in pairs)}


def _quoted(value: str) -> str:
    """Return a value as `sam` reads it: in quotes if it has spaces or quotes, or is empty. Backslashes stay."""
    if value and re.fullmatch(r"[^\s\"']+", value):
        return value
    escaped = value.replace('"', '\\"')
    return f'"{escaped}"'


if __name__ == "__main__":
    commands.main(main)
