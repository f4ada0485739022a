"""`make deploy-check` compares the scanners' findings with the accepted ones. No scanner runs here."""

import json
from typing import Any

import pytest

from local.tools.deployment import scan
from local.tools.deployment.commands import DeploymentError
from local.tools.deployment.scan import Finding

ACCEPTED = """
[checkov.CKV_AWS_117]
resources = ["*Function"]
reason = "No function uses a private network."

[cdk-nag.AwsSolutions-SF1]
resources = ["VideoWorkflow"]
reason = "Errors are enough."
"""
NO_VPC = Finding("checkov", "CKV_AWS_117", "WebFunction")
ERRORS_ONLY = Finding("cdk-nag", "AwsSolutions-SF1", "VideoWorkflow")
BOTH = ("checkov", "cdk-nag")


def _problems(*findings: Finding, scanners: tuple[str, ...] = BOTH) -> list[str]:
    return list(scan.problems(findings, scan.accepted(ACCEPTED), scanners=scanners))


def test_accepted_findings_are_no_problem() -> None:
    assert _problems(NO_VPC, ERRORS_ONLY) == []


@pytest.mark.parametrize(
    "finding",
    [
        Finding("checkov", "CKV_AWS_117", "VideosTable"),
        Finding("checkov", "CKV_AWS_28", "WebFunction"),
        Finding("cdk-nag", "CKV_AWS_117", "WebFunction"),
    ],
)
def test_a_finding_that_is_not_accepted_is_a_problem(finding: Finding) -> None:
    (problem,) = _problems(NO_VPC, ERRORS_ONLY, finding)

    assert f"{finding.scanner} {finding.rule}: {finding.resource}: fix it" in problem


def test_an_entry_that_matches_no_finding_is_a_problem() -> None:
    (problem,) = _problems(NO_VPC)

    assert problem == "cdk-nag AwsSolutions-SF1: VideoWorkflow: accepted, but no longer found: remove the entry"


def test_entries_of_a_scanner_that_did_not_run_are_not_checked() -> None:
    assert _problems(NO_VPC, scanners=("checkov",)) == []


@pytest.mark.parametrize("entry", ['resources = ["*"]', 'reason = "Why not."', 'resources = ["*"]\nreason = " "'])
def test_each_entry_needs_a_reason_and_resources(entry: str) -> None:
    with pytest.raises(DeploymentError, match="CKV_1 needs a reason and resources"):
        scan.accepted(f"[checkov.CKV_1]\n{entry}")


def test_problems_stop_the_check() -> None:
    scan.refuse([])
    with pytest.raises(DeploymentError, match=r"accepted\.toml:\nchanged"):
        scan.refuse(["changed"])


def test_output_of_checkov_is_parsed() -> None:
    failed = {"check_id": "CKV_AWS_117", "check_name": "…", "resource": "AWS::Lambda::Function.WebFunction"}
    report = {"results": {"failed_checks": [failed]}, "summary": {"passed": 1, "failed": 1, "parsing_errors": 0}}

    assert scan.of_checkov(json.dumps(report)) == {NO_VPC}


@pytest.mark.parametrize("report", [{"passed": 0, "failed": 0}, {"summary": {"passed": 1, "parsing_errors": 1}}])
def test_a_template_that_checkov_cannot_read_stops_the_check(report: Any) -> None:
    with pytest.raises(DeploymentError, match="could not read"):
        scan.of_checkov(json.dumps(report))


def test_output_of_cdk_nag_is_parsed() -> None:
    places = [{"constructPath": "Scanned/Template/VideoWorkflow", "locations": ["Properties"]}]
    report = {"success": False, "violations": [{"ruleName": "AwsSolutions-SF1", "violatingResources": places}]}

    assert scan.of_cdk_nag(json.dumps(report)) == {ERRORS_ONLY}
