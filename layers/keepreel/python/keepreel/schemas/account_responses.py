"""Response models of a person's data: exports, and deletions of accounts with their receipts."""

from typing import Annotated, Literal

from pydantic import Field

from keepreel.schemas.response_types import Response, Time, Url


class Export(Response):
    status: Literal["in_progress", "ready"]
    url: Annotated[Url | None, Field(description="The manifest, in JSON; null until it is ready")]
    expires_at: Annotated[Time | None, Field(description="When all links of the export expire")]


class ErasedCounts(Response):
    videos: int
    communities: int
    uploads: int


class Receipt(Response):
    """What was erased. It has no personal data but a hash."""

    erasure_id: str
    subject_sha256: Annotated[str, Field(description="SHA-256 of `user#<id>`, the id in the export's `account`")]
    requested_at: Time
    completed_at: Time
    erased: ErasedCounts


class ErasureLinks(Response):
    self: str


class Erasure(Response):
    id: str
    status: Literal["in_progress", "completed"]
    receipt: Annotated[Receipt | None, Field(description="Null until everything is removed")]
    signature: Annotated[str | None, Field(description="Of the receipt, with a key that only this site has")]
    links: ErasureLinks
