"""Faults are put between steps that the tests take themselves, so no workflow runs beside them."""

import pytest


@pytest.fixture(autouse=True)
def _no_workflow(without_workflow: None) -> None:
    pass
