"""Cognito's people on this machine: two users to sign in as, and more on request."""

from typing import Any

import boto3

DEMO_EMAIL = "demo@keepreel.local"
OTHER_EMAIL = "other@keepreel.local"
PASSWORD = "Keepreel-demo-1"  # noqa: S105  # it opens nothing but what this process holds in memory


class UserPool:
    """A user pool with its client."""

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
        """An access token."""
        answer = self._client.initiate_auth(
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return answer["AuthenticationResult"]["AccessToken"]
