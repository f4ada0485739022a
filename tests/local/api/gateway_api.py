"""The template of a small HTTP API for the tests of the gateway."""

from pathlib import Path

from local.api import routes
from local.aws.resources import Resources
from local.aws.template import Template

ISSUER = "https://issuer.example/pool"
TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::HttpApi
    Properties:
      Auth:
        DefaultAuthorizer: Users
        Authorizers:
          Users:
            IdentitySource: $request.header.Authorization
            JwtConfiguration: { issuer: https://issuer.example/pool, audience: [the-app] }
      CorsConfiguration:
        AllowOrigins: [https://page.example]
        AllowMethods: [GET, POST]
        AllowHeaders: [authorization]
        ExposeHeaders: [etag]
        MaxAge: 600
      RouteSettings:
        GET /rare: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0.001 }
  EchoFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events:
        Closed: { Type: HttpApi, Properties: { Method: GET, Path: /closed } }
        Echo: { Type: HttpApi, Properties: { Method: POST, Path: /echo, Auth: { Authorizer: NONE } } }
        Rare: { Type: HttpApi, Properties: { Method: GET, Path: /rare, Auth: { Authorizer: NONE } } }
        One: { Type: HttpApi, Properties: { Method: GET, Path: "/things/{id}", Auth: { Authorizer: NONE } } }
        Special: { Type: HttpApi, Properties: { Method: GET, Path: /things/special, Auth: { Authorizer: NONE } } }
        Part: { Type: HttpApi, Properties: { Method: GET, Path: "/things/{id}/part", Auth: { Authorizer: NONE } } }
        Rest: { Type: HttpApi, Properties: { Method: ANY, Path: "/things/{proxy+}", Auth: { Authorizer: NONE } } }
  TeapotFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Tea: { Type: HttpApi, Properties: { Method: POST, Path: /tea, Auth: { Authorizer: NONE } } } }
  CrashFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Crash: { Type: HttpApi, Properties: { Method: GET, Path: /crash, Auth: { Authorizer: NONE } } } }
  NonsenseFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Nonsense: { Type: HttpApi, Properties: { Method: GET, Path: /nonsense, Auth: { Authorizer: NONE } } } }
  HangFunction:
    Type: AWS::Serverless::Function
    Properties:
      Events: { Hang: { Type: HttpApi, Properties: { Method: GET, Path: /hang, Auth: { Authorizer: NONE } } } }
"""


def read(folder: Path, text: str = TEMPLATE) -> routes.Api:
    path = folder / "template.yaml"
    path.write_text(text)
    template = Template(path, parameters={}, stack_name="test")
    return routes.api(template, Resources(template, public_host="", secrets={}))
