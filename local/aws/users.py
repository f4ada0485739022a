"""Users of the local Cognito user pool: two demo users, and more for tests."""

from typing import Any

import boto3

DEMO_EMAIL = "demo@keepreel.local"
OTHER_EMAIL = "other@keepreel.local"
PASSWORD = "Keepreel-demo-1"  # noqa: S105  # it protects only in-memory data of this process


class UserPool:
    """A user pool and its client."""

    def __init__(self, *, user_pool_id: str, client_id: str) -> None:
        self.user_pool_id = user_pool_id
        self.client_id = client_id
        self._client = boto3.client("cognito-idp")

    def add_user(self, email: str) -> None:
        attributes: Any = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        pool: dict[str, Any] = {"UserPoolId": self.user_pool_id, "Username": email}
        self._client.admin_create_user(**pool, UserAttributes=attributes, MessageAction="SUPPRESS")
        self._client.admin_set_user_password(**pool, Password=PASSWORD, Permanent=True)

    def sign_in(self, email: str, *, password: str = PASSWORD) -> str:
        """Return an access token."""
        response = self._client.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return response["AuthenticationResult"]["AccessToken"]
