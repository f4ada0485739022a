"""A small template with an event bus, a queue and two functions, and a client of its services."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import requests

from local.aws.lambda_invoker import Invoker
from local.aws.resources import Resources
from local.aws.template import Template
from local.stack import Stack

TEMPLATE = """
Resources:
  EventBus: { Type: AWS::Events::EventBus, Properties: { Name: !Sub "${AWS::StackName}-bus" } }
  Failures: { Type: AWS::SQS::Queue }
  MayFail:
    Type: AWS::SQS::QueuePolicy
    Properties: { Queues: [!Ref Failures], PolicyDocument: { Statement: [] } }
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: tests/local/
      Handler: handlers.echo
      Environment: { Variables: { BUS: !Ref EventBus, BUS_ARN: !GetAtt EventBus.Arn, BUS_NAME: !GetAtt EventBus.Name } }
      Events:
        Launched:
          Type: EventBridgeRule
          Properties:
            EventBusName: !Ref EventBus
            Pattern: { source: [test], detail-type: [TokenLaunched] }
            RetryPolicy: { MaximumRetryAttempts: 3 }
            DeadLetterConfig: { Arn: !GetAtt Failures.Arn }
        Asleep:
          Type: EventBridgeRule
          Properties: { EventBusName: !Ref EventBus, Pattern: { detail-type: [Asleep] }, State: DISABLED }
  Crash:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: tests/local/
      Handler: handlers.crash
      EventInvokeConfig:
        MaximumRetryAttempts: 1
        DestinationConfig: { OnFailure: { Type: SQS, Destination: !GetAtt Failures.Arn } }
      Events:
        Broken:
          Type: EventBridgeRule
          Properties: { EventBusName: !GetAtt EventBus.Arn, Pattern: { detail: { kind: [{ prefix: crash }] } } }
"""


@dataclass(frozen=True, kw_only=True)
class Services:
    """The stack's AWS services with the functions of the template above."""

    stack: Stack
    resources: Resources
    invoker: Invoker
    bus_name: str
    runs: list[Any] = field(default_factory=list)  # the events that functions received

    def entry(self, **fields: Any) -> Any:
        usual = {"EventBusName": self.bus_name, "Source": "test", "DetailType": "TokenLaunched", "Detail": "{}"}
        return {**usual, **fields}

    def put(self, *entries: Any) -> list[Any]:
        response = boto3.client("events").put_events(Entries=entries)
        self.stack.wait_until_idle()
        return list(response["Entries"])

    def call_unsigned(self, target: str, body: Any) -> Any:
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        response = requests.post(self.stack.aws_endpoint, headers=headers, data=json.dumps(body), timeout=60)
        assert response.status_code == 200, response.text
        return response.json()


def read(text: str, *, tmp_path: Path) -> tuple[Template, Resources]:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    template = Template(path, parameters={}, stack_name=f"test-{uuid4()}")
    return template, Resources(template, public_host="127.0.0.1:1", secrets={})
