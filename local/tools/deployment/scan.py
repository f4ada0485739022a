"""Run checkov and cdk-nag over the translated template and compare their findings with the accepted ones."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from local.paths import ROOT
from local.tools import local_build
from local.tools.deployment.commands import DeploymentError

ACCEPTED = Path(__file__).with_name("accepted.toml")
NPM_FILES = Path(__file__).with_name("cdk_nag")
FOLDER = ROOT / ".keepreel/scan"
_INSTALLED = "installed.lock"  # the lock file that the packages are from

# Nothing is downloaded: not the platform's policies, and no external modules.
_CHECKOV_OPTIONS = (
    "--framework",
    "cloudformation",
    "--output",
    "json",
    "--compact",
    "--quiet",
    "--skip-download",
    "--soft-fail",
)


@dataclass(frozen=True, order=True)
class Finding:
    scanner: str
    rule: str
    resource: str  # logical id


@dataclass(frozen=True)
class Acceptance:
    """An accepted rule for the resources that match a pattern, such as "*Function"."""

    scanner: str
    rule: str
    resource: str
    reason: str

    def matches(self, finding: Finding) -> bool:
        is_rule = (self.scanner, self.rule) == (finding.scanner, finding.rule)
        return is_rule and fnmatchcase(finding.resource, self.resource)


def check(template: Mapping[str, Any]) -> None:
    """Scan a translated template. Raises DeploymentError for a finding that is not accepted, and for a stale entry."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "template.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    found = {"checkov": _checkov(file)}
    if shutil.which("npm") and shutil.which("node"):
        found["cdk-nag"] = _cdk_nag(file)
    else:
        print("cdk-nag: not run, because npm is not installed")
    for scanner, findings in found.items():
        print(f"{scanner}: {len(findings)} findings")
    refuse(problems(set().union(*found.values()), accepted(), scanners=found))


def accepted(text: str | None = None) -> Sequence[Acceptance]:
    """Read the accepted findings. Raises DeploymentError for an entry without a reason or resources."""
    tables = tomllib.loads(ACCEPTED.read_text(encoding="utf-8") if text is None else text)
    return list(_acceptances(tables))


def problems(
    findings: Iterable[Finding], acceptances: Iterable[Acceptance], *, scanners: Collection[str]
) -> Sequence[str]:
    """Return a line for each finding that is not accepted and each stale acceptance of these scanners."""
    findings, acceptances = sorted(findings), list(acceptances)
    new = [it for it in findings if not any(entry.matches(it) for entry in acceptances)]
    ours = [entry for entry in acceptances if entry.scanner in scanners]
    stale = [entry for entry in ours if not any(entry.matches(it) for it in findings)]
    return [
        *(f"{it.scanner} {it.rule}: {it.resource}: fix it, or accept it with a reason" for it in new),
        *(f"{it.scanner} {it.rule}: {it.resource}: accepted, but no longer found: remove the entry" for it in stale),
    ]


def refuse(found: Sequence[str]) -> None:
    """Raise DeploymentError if there are problems."""
    if found:
        raise DeploymentError("\n".join([f"The scanners disagree with {ACCEPTED.relative_to(ROOT)}:", *found]))


def of_checkov(output: str) -> set[Finding]:
    """Parse checkov's JSON. Raises DeploymentError if it could not parse the template."""
    report = json.loads(output)
    summary = report.get("summary", {})
    if not summary.get("passed") or summary.get("parsing_errors"):  # it has no summary if it found no template
        raise DeploymentError("checkov could not read the template")
    failed = report["results"]["failed_checks"]
    return {Finding("checkov", it["check_id"], it["resource"].rpartition(".")[2]) for it in failed}


def of_cdk_nag(output: str) -> set[Finding]:
    """Parse the report that cdk_nag/scan.js prints."""
    return {
        Finding("cdk-nag", violation["ruleName"], resource["constructPath"].rpartition("/")[2])
        for violation in json.loads(output)["violations"]
        for resource in violation["violatingResources"]
    }


def _acceptances(tables: Mapping[str, Any]) -> Iterator[Acceptance]:
    for scanner, rules in tables.items():
        for rule, entry in rules.items():
            reason, resources = str(entry.get("reason", "")).strip(), entry.get("resources", [])
            if not reason or not resources:
                raise DeploymentError(f"{scanner} {rule} needs a reason and resources in {ACCEPTED.name}")
            yield from (Acceptance(scanner, rule, resource, reason) for resource in resources)


def _checkov(template: Path) -> set[Finding]:
    packages, lock = FOLDER / "checkov", (ROOT / "uv.lock").read_bytes()
    if _is_outdated(packages, lock):
        shutil.rmtree(packages, ignore_errors=True)
        local_build.install("scan", packages, version=".".join(map(str, sys.version_info[:2])))
        (packages / _INSTALLED).write_bytes(lock)
    environment = {**os.environ, "PYTHONPATH": str(packages)}
    command: tuple[str | Path, ...] = (sys.executable, "-m", "checkov.main", "--file", template, *_CHECKOV_OPTIONS)
    return of_checkov(_output(*command, environment=environment))


def _cdk_nag(template: Path) -> set[Finding]:
    folder, lock = FOLDER / "cdk-nag", (NPM_FILES / "package-lock.json").read_bytes()
    shutil.copytree(NPM_FILES, folder, dirs_exist_ok=True)
    if _is_outdated(folder, lock):
        _output("npm", "ci", "--prefix", folder, "--silent", "--ignore-scripts", "--no-audit", "--no-fund")
        (folder / _INSTALLED).write_bytes(lock)
    return of_cdk_nag(_output("node", folder / "scan.js", template))


def _is_outdated(folder: Path, lock: bytes) -> bool:
    installed = folder / _INSTALLED
    return not installed.is_file() or installed.read_bytes() != lock


def _output(*command: str | Path, environment: Mapping[str, str] = os.environ) -> str:
    """Return a command's output. Raises DeploymentError with its errors if it fails."""
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise DeploymentError(f"{' '.join(map(str, command))} failed:\n{done.stderr or done.stdout}")
    return done.stdout
