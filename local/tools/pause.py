"""Set the pause switch of a deployment or of the running local stack; part of `make pause` and `make resume`."""

import argparse

import boto3

from local.tools import account_errors, running_stack

_VALUES = {"pause": "yes", "resume": "no"}
_RESULTS = {
    "pause": "Paused: within a minute, no video is created or submitted. Running videos finish; waiting ones stay.",
    "resume": "Resumed: within a minute, videos are created again, and waiting ones start.",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("action", choices=_VALUES)
    parser.add_argument("--stage", default="", help="the stage of a deployment; without it, the local stack")
    arguments = parser.parse_args()
    session, endpoint, stage = boto3.Session(), None, arguments.stage
    if not stage:
        session, endpoint = running_stack.session(otherwise=f"name a stage: make {arguments.action} STAGE=prod")
        stage = "local"
    with account_errors.one_line(f"Nothing changed. Is the stage {stage} deployed in this account and region?"):
        ssm = session.client("ssm", endpoint_url=endpoint)
        name = ssm.get_parameter(Name=f"/keepreel/{stage}/paused")["Parameter"]["Name"]  # a misspelled stage has none
        ssm.put_parameter(Name=name, Value=_VALUES[arguments.action], Overwrite=True)
    print(_RESULTS[arguments.action])


if __name__ == "__main__":
    main()
