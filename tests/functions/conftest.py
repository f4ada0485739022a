"""Fixtures of the function tests."""

from uuid import uuid4

import pytest

from tests.api_client import ApiClient

COMMUNITY_DATA = {
    "agent_name": "Sophia",
    "agent_instructions": "You are an AI photographer who helps brands.",
    "token_name": "Golden Hour",
    "token_symbol": "GLOW",
}


@pytest.fixture
def videos(user: ApiClient, picture: bytes) -> str:
    """The videos path of a community with complete data."""
    return user.put_community(uuid4().hex, avatar=user.upload(picture), **COMMUNITY_DATA)
