"""Shots that a prompt defines for the tasks API."""

import pytest

from local.simulators.kling.simulator import KlingSimulator
from tests.local.simulators.kling.kling_client import KlingClient, outcome

SHOTS = "shot 1, 2, a door opens; shot 2, 3, footprints;"


def create(client: KlingClient, model: str, prompt: str, **settings: object) -> tuple[int, int]:
    return outcome(client.post(f"/text-to-video/{model}", {"prompt": prompt, "settings": settings}))


PROMPTS = {
    SHOTS: (200, 0),
    "A plain prompt; with a semicolon": (200, 0),
    "shot 1, 5, one shot": (200, 0),
    "shot 1, 2, a; shot 2, 2, b;": (400, 1201),  # 4 seconds
    "shot 1, 0, a; shot 2, 5, b;": (400, 1201),
    "shot 1, 2, a; shot 3, 3, b;": (400, 1201),
    "shot 1, 2, a; then; shot 2, 3, b;": (400, 1201),
    "shot 1, 5, " + "a" * 512: (200, 0),
    "shot 1, 5, " + "a" * 513: (400, 1201),
    "".join(f"shot {number}, 1, a;" for number in range(1, 8)): (400, 1201),
}


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda it: it[:40])
@pytest.mark.parametrize("model", ["kling-3.0", "kling-3.0-turbo"])
def test_shots_in_a_prompt(client: KlingClient, model: str, prompt: str) -> None:
    assert create(client, model, prompt) == PROMPTS[prompt]


def test_shots_are_on_by_default_for_3_0_and_ignored_when_off(client: KlingClient, kling: KlingSimulator) -> None:
    create(client, "kling-3.0", SHOTS)
    create(client, "kling-3.0", "shot 1, 2, a;", multi_shot=False)

    off, on = (task["choices"] for task in kling.tasks)

    assert (on["multi_shot"], off["multi_shot"], off["shots"]) == (True, False, ())
    assert on["shots"] == ({"prompt": "a door opens", "seconds": 2}, {"prompt": "footprints", "seconds": 3})
