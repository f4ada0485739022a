"""Owner keys in the records: `user#<sub>` for a user, `community#<id>` for a community."""

_USER, _COMMUNITY = "user#", "community#"


def of_user(sub: str) -> str:
    return _USER + sub


def of_community(community_id: str) -> str:
    return _COMMUNITY + community_id


def user_id(owner: str) -> str | None:
    """Return the user's id (the `sub` of their token), or None if the owner is a community."""
    return owner.removeprefix(_USER) if owner.startswith(_USER) else None


def community_id(owner: str) -> str | None:
    """Return the community's id, or None if the owner is a user."""
    return owner.removeprefix(_COMMUNITY) if owner.startswith(_COMMUNITY) else None
