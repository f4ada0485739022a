"""Create one resource in moto from its properties, and return the values of its Ref and Fn::GetAtt."""

import json
import secrets
from collections.abc import Mapping
from string import ascii_letters, digits

import boto3

from local.aws.template import ACCOUNT_ID, REGION, Json, Resource

Attributes = dict[str, Json]

DEFAULT_NAME = "_Name"  # no CloudFormation property; the name for a resource that has none in the template


def name_in(properties: Mapping[str, Json], key: str) -> str:
    return str(properties.get(key) or properties[DEFAULT_NAME])


def table(_: Resource, properties: dict[str, Json]) -> Attributes:
    client = boto3.client("dynamodb")
    name = name_in(properties, "TableName")
    optional = ("GlobalSecondaryIndexes", "LocalSecondaryIndexes")
    created = client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=properties["AttributeDefinitions"],
        KeySchema=properties["KeySchema"],
        **{key: properties[key] for key in optional if key in properties},
    )
    if ttl := properties.get("TimeToLiveSpecification"):
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification={"AttributeName": ttl["AttributeName"], "Enabled": True}
        )
    return {"Ref": name, "Arn": created["TableDescription"]["TableArn"]}


def bucket(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "BucketName").lower()
    client = boto3.client("s3")
    client.create_bucket(Bucket=name)
    if versioning := properties.get("VersioningConfiguration"):
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    domain = f"{name}.s3.{REGION}.amazonaws.com"
    return {"Ref": name, "Arn": f"arn:aws:s3:::{name}", "DomainName": domain, "RegionalDomainName": domain}


def user_pool(_: Resource, properties: dict[str, Json]) -> Attributes:
    options = (
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "Policies",
        "UsernameAttributes",
        "UsernameConfiguration",
    )
    pool = boto3.client("cognito-idp").create_user_pool(
        PoolName=name_in(properties, "UserPoolName"),
        **{key: properties[key] for key in options if key in properties},
    )["UserPool"]
    provider = f"cognito-idp.{REGION}.amazonaws.com/{pool['Id']}"
    return {
        "Ref": pool["Id"],
        "UserPoolId": pool["Id"],
        "Arn": pool["Arn"],
        "ProviderName": provider,
        "ProviderURL": f"https://{provider}",
    }


def user_pool_client(_: Resource, properties: dict[str, Json]) -> Attributes:
    client = boto3.client("cognito-idp").create_user_pool_client(
        UserPoolId=properties["UserPoolId"],
        ClientName=name_in(properties, "ClientName"),
        GenerateSecret=properties.get("GenerateSecret", False),
        ExplicitAuthFlows=properties.get("ExplicitAuthFlows", []),
    )["UserPoolClient"]
    return {"Ref": client["ClientId"], "ClientId": client["ClientId"]}


def topic(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "TopicName")
    arn = boto3.client("sns").create_topic(Name=name)["TopicArn"]
    return {"Ref": arn, "TopicArn": arn, "TopicName": name}


def generated_secret(properties: dict[str, Json]) -> str | None:
    """Return a random secret for GenerateSecretString, of letters and digits only; None without that property."""
    if not (options := properties.get("GenerateSecretString")):
        return None
    password = "".join(secrets.choice(ascii_letters + digits) for _ in range(options.get("PasswordLength", 32)))
    return json.dumps({**json.loads(options["SecretStringTemplate"]), options["GenerateStringKey"]: password})


def queue(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "QueueName")
    url = boto3.client("sqs").create_queue(QueueName=name)["QueueUrl"]
    return {"Ref": url, "QueueUrl": url, "QueueName": name, "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:{name}"}


def event_bus(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "Name")
    return {"Ref": name, "Name": name, "Arn": boto3.client("events").create_event_bus(Name=name)["EventBusArn"]}


def parameter(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "Name")
    boto3.client("ssm").put_parameter(Name=name, Type=properties["Type"], Value=properties["Value"])
    return {"Ref": name, "Type": properties["Type"], "Value": properties["Value"]}


def function(_: Resource, properties: dict[str, Json]) -> Attributes:
    name = name_in(properties, "FunctionName")
    arn = f"arn:aws:lambda:{REGION}:{ACCOUNT_ID}:function:{name}"
    alias = properties.get("AutoPublishAlias")
    return {"Ref": name, "Arn": arn, **({"Alias": f"{arn}:{alias}"} if alias else {})}


def http_api(resource: Resource, _: dict[str, Json]) -> Attributes:
    return {"Ref": resource.logical_id.lower(), "ApiEndpoint": f"https://{resource.logical_id.lower()}.local"}
