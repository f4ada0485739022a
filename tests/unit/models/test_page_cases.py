"""The page's copy of the rules and prices is checked with cases that the server has judged."""

import json

from tests.unit.models import page_cases


def test_stored_cases_are_those_of_the_server() -> None:
    assert json.loads(page_cases.FILE.read_text(encoding="utf-8")) == json.loads(page_cases.text())


def test_cases_have_valid_and_invalid_requests_for_each_model_with_rules() -> None:
    verdicts = {(case["model"], case["broken"] > 0) for case in page_cases.cases()["cases"]}

    assert verdicts == {("sound", False), ("sound", True), ("shots", False), ("shots", True), ("video", False)}
