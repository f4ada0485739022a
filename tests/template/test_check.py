"""The template check: each test breaks one thing in the real template."""

from copy import deepcopy
from typing import Any

import pytest

from local.tools import check_template


@pytest.fixture
def plain(translated: dict[str, Any]) -> dict[str, Any]:
    """Return a copy of the translated template that a test may break."""
    return deepcopy(translated)


@pytest.fixture
def states(plain: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = plain["Resources"]["VideoWorkflow"]["Properties"]["Definition"]["States"]
    return found


def test_the_template_has_no_problems(translated: dict[str, Any]) -> None:
    assert check_template.problems(translated) == []


@pytest.mark.parametrize("path", [["PollProvider"], ["PollProvider", "Catch", 0], ["ChooseNextStep", "Choices", 0]])
def test_a_transition_to_an_unknown_state_is_reported(states: dict[str, Any], path: list[Any]) -> None:
    branch: Any = states
    for key in path:
        branch = branch[key]
    branch["Next"] = "Nowhere"

    problems = check_template.graph_problems({"StartAt": "SubmitVideo", "States": states})

    assert "missing state 'Nowhere'" in problems


def test_an_unknown_default_is_reported(states: dict[str, Any]) -> None:
    states["ChooseNextStep"]["Default"] = "Nowhere"

    problems = check_template.graph_problems({"StartAt": "SubmitVideo", "States": states})

    assert problems == ["missing state 'Nowhere'", "unreachable state 'Done'"]


def test_an_unreachable_state_is_reported(states: dict[str, Any]) -> None:
    states["Island"] = {"Type": "Wait", "Seconds": 1, "Next": "Done"}

    problems = check_template.graph_problems({"StartAt": "SubmitVideo", "States": states})

    assert problems == ["unreachable state 'Island'"]


def test_an_unknown_runtime_and_a_misspelled_state_are_reported(plain: dict[str, Any], states: dict[str, Any]) -> None:
    plain["Resources"]["LibraryFunction"]["Properties"]["Runtime"] = "python3.99"
    states["PollProvider"]["Retries"] = []

    problems = check_template.problems(plain)

    seen = {problem.split(":")[0] for problem in problems}
    assert seen == {
        "E3030 Resources/LibraryFunction/Properties/Runtime",
        "E3601 Resources/VideoWorkflow/Properties/Definition/States/PollProvider/Retries",
    }
