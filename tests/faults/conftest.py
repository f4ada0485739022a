"""The tests run each workflow step themselves, so that a fault fits between any two; no real workflow runs."""

import pytest


@pytest.fixture(autouse=True)
def _no_workflow(without_workflow: None) -> None:
    pass
