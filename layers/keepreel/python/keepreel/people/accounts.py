"""Accounts of the user pool, by the user's id."""

from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from keepreel import aws
from keepreel.settings import settings


@dataclass(frozen=True, kw_only=True)
class Account:
    email: str
    created_at: datetime


def find(sub: str) -> Account | None:
    """Return the user's account, or None if it is deleted. Raises STORE_ERRORS."""
    try:
        found = aws.cognito().admin_get_user(UserPoolId=settings().user_pool_id, Username=sub)
    except ClientError as error:
        if _is_missing(error):
            return None
        raise
    attributes = {it["Name"]: it.get("Value", "") for it in found["UserAttributes"]}
    return Account(email=attributes.get("email", ""), created_at=found["UserCreateDate"])


def delete(sub: str) -> None:
    """Delete the user's account, after which no new token is issued. A missing account is ignored."""
    try:
        aws.cognito().admin_delete_user(UserPoolId=settings().user_pool_id, Username=sub)
    except ClientError as error:
        if not _is_missing(error):
            raise


def _is_missing(error: ClientError) -> bool:
    return aws.code(error) == "UserNotFoundException"
