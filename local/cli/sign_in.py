"""Sign a user in at Cognito, or at the local stack's stand-in for it."""

import requests

_TIMEOUT = (5, 60)


def access_token(cognito_url: str, *, client_id: str, email: str, password: str) -> str:
    """Return an access token. Raises requests.RequestException, and KeyError if the user must change the password."""
    response = requests.post(
        cognito_url,
        json={
            "AuthFlow": "USER_PASSWORD_AUTH",
            "ClientId": client_id,
            "AuthParameters": {"USERNAME": email, "PASSWORD": password},
        },
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
        timeout=_TIMEOUT,
    )
    response.raise_for_status()
    return str(response.json()["AuthenticationResult"]["AccessToken"])
