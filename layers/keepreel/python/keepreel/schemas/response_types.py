"""Base class and field types of response models."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-21T12:00:00.000Z"])]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]
Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class Response(BaseModel):
    model_config = ConfigDict(extra="forbid")
