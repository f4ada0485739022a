"""`make bench` counts the states that the real interpreter of the state machine enters."""

from keepreel import aws
from keepreel.settings import settings
from local.stack import Stack
from tests.api_client import ApiClient
from tests.bench.lives import lives_at


def test_bench_enters_the_states_that_the_interpreter_enters(user: ApiClient, stack: Stack) -> None:
    video = user.follow(user.create_video(model="kling-2.6").json()["id"])
    machine = settings().video_workflow_arn.replace(":stateMachine:", ":execution:")
    stack.wait_until_idle()
    history = aws.stepfunctions().get_execution_history(executionArn=f"{machine}:{video['id']}", maxResults=1000)
    entered = [it["stateEnteredEventDetails"]["name"] for it in history["events"] if "stateEnteredEventDetails" in it]

    with lives_at(stack, wait_scale="0") as lives:
        life = lives.run(seconds=0)

    assert list(life.entered) == entered
    assert len(entered) > 3
