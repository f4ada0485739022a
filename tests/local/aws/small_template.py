"""A small template that the tests of the template reader share."""

from pathlib import Path

from local.aws.resources import Resources
from local.aws.template import Template

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: { Type: String, Default: dev }
  Limit: { Type: Number, Default: 50, MinValue: 4 }
  Zones: { Type: CommaDelimitedList, Default: "a,b" }
  Size: { Type: String, Default: small, AllowedValues: [small, large] }
  Name: { Type: String, Default: "", AllowedPattern: "[a-z]*" }
Conditions:
  IsProduction: !Equals [!Ref Stage, prod]
  IsNot: !Not [!Condition IsProduction]
  IsEither: !Or [!Condition IsProduction, !Equals [!Ref Stage, dev]]
  IsBoth: !And [!Condition IsProduction, !Condition IsEither]
Mappings:
  Sizes: { dev: { memory: 128 } }
Globals:
  Function:
    Timeout: 10
    Layers: [one]
    Environment: { Variables: { STAGE: !Ref Stage, SIZE: small } }
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: functions/hello/
      Handler: app.lambda_handler
      Timeout: 20
      Layers: [two]
      Environment: { Variables: { SIZE: large } }
  OnlyInProduction:
    Type: AWS::SNS::Topic
    Condition: IsProduction
"""


def read(tmp_path: Path, text: str = TEMPLATE, **parameters: str) -> Template:
    path = tmp_path / "template.yaml"
    path.write_text(text)
    return Template(path, parameters=parameters, stack_name="test")


def resources(template: Template) -> Resources:
    return Resources(template, public_host="127.0.0.1:1", secrets={})
