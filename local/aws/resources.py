"""Create the template's resources in moto, each on first reference, and resolve Ref and Fn::GetAtt."""

import json
import re
from collections.abc import Callable, Mapping

import boto3

from local.aws import resource_makers
from local.aws.resource_makers import Attributes
from local.aws.template import ACCOUNT_ID, REGION, Json, Resource, Template, TemplateError, parsed_text

# Resources that are not created, with their name in docs/operations.md; None where nothing is missing.
NOT_EMULATED: Mapping[str, str | None] = {
    "AWS::CloudFront::CachePolicy": None,
    "AWS::CloudFront::OriginAccessControl": None,
    "AWS::CloudFront::ResponseHeadersPolicy": None,
    "AWS::CloudWatch::Alarm": "alarms",
    "AWS::CloudWatch::Dashboard": "alarms",
    "AWS::IAM::ManagedPolicy": "IAM",
    "AWS::Logs::LogGroup": "log groups",
    "AWS::S3::BucketPolicy": "IAM",
    "AWS::SNS::TopicPolicy": "IAM",
    "AWS::SQS::QueuePolicy": "IAM",
    "AWS::Serverless::LayerVersion": None,
}

# Resources that are emulated in part, with the names of the missing parts in docs/operations.md.
_PARTLY: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudFront::Distribution": ("CDN cache",),
    "AWS::DynamoDB::Table": ("TTL",),
    "AWS::S3::Bucket": ("bucket rules",),
    "AWS::Serverless::Function": ("IAM", "function limits"),
}

_DYNAMIC = re.compile(r"\{\{resolve:secretsmanager:(?P<id>.+):SecretString:(?P<key>\w+)\}\}")


class Resources:
    """The template's resources in a running moto.

    `public_host` replaces the CDN's host name. `secrets` are the values of secrets that the template only names.
    """

    def __init__(self, template: Template, *, public_host: str, secrets: Mapping[str, Json]) -> None:
        self._template = template
        self._public_host = public_host
        self._secrets = secrets
        self._created: dict[str, Attributes] = {}
        self._in_progress: list[str] = []
        self._makers: dict[str, Callable[[Resource, dict[str, Json]], Attributes]] = {
            "AWS::CloudFront::Distribution": self._distribution,
            "AWS::Cognito::UserPool": resource_makers.user_pool,
            "AWS::Cognito::UserPoolClient": resource_makers.user_pool_client,
            "AWS::DynamoDB::Table": resource_makers.table,
            "AWS::Events::EventBus": resource_makers.event_bus,
            "AWS::S3::Bucket": resource_makers.bucket,
            "AWS::SNS::Topic": resource_makers.topic,
            "AWS::SQS::Queue": resource_makers.queue,
            "AWS::SSM::Parameter": resource_makers.parameter,
            "AWS::SecretsManager::Secret": self._secret,
            "AWS::Serverless::Function": resource_makers.function,
            "AWS::Serverless::HttpApi": resource_makers.http_api,
            "AWS::Serverless::StateMachine": self._state_machine,
        }

    def create(self) -> None:
        """Create everything. Raises TemplateError for an unsupported type."""
        for resource in self._template.resources.values():
            self._attributes(resource.logical_id)
        for name, value in self._secrets.items():
            boto3.client("secretsmanager").create_secret(Name=name, SecretString=json.dumps(value))

    def attribute(self, logical_id: str, name: str) -> Json:
        """Return the value of `Ref` or `Fn::GetAtt`. Creates the resource if it does not exist yet."""
        attributes = self._attributes(logical_id)
        if name not in attributes:
            raise TemplateError(f"the local stack does not support the attribute {logical_id}.{name}")
        return attributes[name]

    def properties(self, resource: Resource) -> dict[str, Json]:
        """Return the resource's properties with every intrinsic function resolved."""
        return self._template.resolve(resource.properties, attribute=self.attribute)  # type: ignore[no-any-return]

    def resolve(self, value: Json) -> Json:
        return self._template.resolve(value, attribute=self.attribute)

    def dynamic(self, value: str) -> str:
        """Return a value, with the content of the secret if it is a dynamic reference to one."""
        found = _DYNAMIC.fullmatch(value)
        if found is None:
            return value
        secret = boto3.client("secretsmanager").get_secret_value(SecretId=found["id"])
        return str(json.loads(secret["SecretString"])[found["key"]])

    def not_emulated(self) -> list[str]:
        """Return the names of features of this template that are not emulated; docs/operations.md explains each."""
        types = {resource.type for resource in self._template.resources.values()}
        names = {NOT_EMULATED.get(it) for it in types}.union(*(_PARTLY.get(it, ()) for it in types))
        return sorted((it for it in names if it), key=str.lower)

    def _attributes(self, logical_id: str) -> Attributes:
        if logical_id not in self._created:
            if logical_id in self._in_progress:
                raise TemplateError(f"circular dependency: {' → '.join([*self._in_progress, logical_id])}")
            self._in_progress.append(logical_id)
            self._created[logical_id] = self._create(logical_id)
            self._in_progress.pop()
        return self._created[logical_id]

    def _create(self, logical_id: str) -> Attributes:
        resource = self._template.resources.get(logical_id)
        if resource is None:
            raise TemplateError(f"the template has no parameter or resource {logical_id}")
        if resource.type in NOT_EMULATED:
            return {"Ref": logical_id, "Arn": f"arn:aws:local:{REGION}:{ACCOUNT_ID}:{logical_id}"}
        if resource.type not in self._makers:
            raise TemplateError(f"{logical_id}: the local stack does not support the type {resource.type}")
        return self._makers[resource.type](resource, self._properties_to_create(resource))

    def _properties_to_create(self, resource: Resource) -> dict[str, Json]:
        """Return the resolved properties, without those of a function or API that may lead to a circular reference."""
        keep = _PROPERTIES_TO_CREATE.get(resource.type)
        chosen = {key: it for key, it in resource.properties.items() if keep is None or key in keep}
        stack_name = self._template.constant("AWS::StackName")
        return {resource_makers.DEFAULT_NAME: f"{stack_name}-{resource.logical_id}", **self.resolve(chosen)}

    def _distribution(self, resource: Resource, _: dict[str, Json]) -> Attributes:
        return {"Ref": resource.logical_id, "Id": resource.logical_id, "DomainName": self._public_host}

    def _secret(self, _: Resource, properties: dict[str, Json]) -> Attributes:
        name = resource_makers.name_in(properties, "Name")
        if name in self._secrets:  # `create` sets its value
            return {"Ref": name, "Id": name}
        text = resource_makers.generated_secret(properties) or properties.get("SecretString", "{}")
        created = boto3.client("secretsmanager").create_secret(Name=name, SecretString=text)
        return {"Ref": created["ARN"], "Id": created["ARN"]}

    def _state_machine(self, resource: Resource, properties: dict[str, Json]) -> Attributes:
        path = self._template.folder / properties["DefinitionUri"]
        text = path.read_text(encoding="utf-8")
        for name, value in properties.get("DefinitionSubstitutions", {}).items():
            text = text.replace("${" + name + "}", str(value))
        if "${" in text:
            raise TemplateError(f"{resource.logical_id}: {path.name} has a substitution without a value")
        name = resource_makers.name_in(properties, "Name")
        created = boto3.client("stepfunctions").create_state_machine(
            name=name,
            definition=json.dumps(parsed_text(text)),
            roleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/local",
            type=properties.get("Type", "STANDARD"),
        )
        return {"Ref": created["stateMachineArn"], "Arn": created["stateMachineArn"], "Name": name}


# The only properties to resolve here. The others are not needed, or the invoker and the gateway read them later.
_PROPERTIES_TO_CREATE: Mapping[str, frozenset[str]] = {
    "AWS::CloudFront::Distribution": frozenset(),
    "AWS::Events::EventBus": frozenset({"Name"}),
    "AWS::S3::Bucket": frozenset({"BucketName", "VersioningConfiguration"}),
    "AWS::SNS::Topic": frozenset({"TopicName"}),
    "AWS::SQS::Queue": frozenset({"QueueName"}),
    "AWS::Serverless::Function": frozenset({"AutoPublishAlias", "FunctionName"}),
    "AWS::Serverless::HttpApi": frozenset(),
    "AWS::Serverless::StateMachine": frozenset({"DefinitionSubstitutions", "DefinitionUri", "Name", "Type"}),
}
