"""The two kinds of owner, as the records write them: a signed-in person, and a community."""

_USER, _COMMUNITY = "user#", "community#"


def of_user(sub: str) -> str:
    return _USER + sub


def of_community(community_id: str) -> str:
    return _COMMUNITY + community_id


def community_id(owner: str) -> str | None:
    """The community's id, or None for a person's video."""
    return owner.removeprefix(_COMMUNITY) if owner.startswith(_COMMUNITY) else None
