"""A client of the API over HTTP, with a user's token."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import jwt
import requests

FINISHED = ("completed", "failed")


@dataclass(kw_only=True)
class ApiClient:
    url: str
    token: str = field(repr=False)
    wait_until: Callable[[Callable[[], bool]], None] = field(repr=False)  # of the stack
    wait_until_idle: Callable[[], None] = field(repr=False, default=lambda: None)

    @cached_property
    def owner(self) -> str:
        return f"user#{jwt.decode(self.token, options={'verify_signature': False})['sub']}"

    @cached_property
    def _session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False  # no proxy, no .netrc
        return session

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **kwargs.pop("headers", {})}
        url = self.url + path
        return self._session.request(method, url, headers=headers, timeout=60, allow_redirects=False, **kwargs)

    def create_video(self, *, key: str | None = None, **fields: Any) -> requests.Response:
        """Create a video."""
        body = {"prompt": "a warm smile", **fields}
        return self.send("POST", "/v1/videos", json=body, headers={"Idempotency-Key": key} if key else {})

    def put_community(self, id: str, **fields: Any) -> str:
        """Create or replace a community and return the path of its videos."""
        answer = self.send("PUT", f"/v1/communities/{id}", json={"name": "Sophia's friends", **fields})
        assert answer.ok, answer.text
        path: str = answer.json()["links"]["videos"]
        return path

    def create_bot_video(self, videos: str, *, key: str | None = None, **fields: Any) -> requests.Response:
        """Create a community's video. `videos` is the path of its videos."""
        return self.send("POST", videos, json=fields, headers={"Idempotency-Key": key} if key else {})

    def upload(self, content: bytes, *, content_type: str = "image/jpeg") -> str:
        """Upload an image as a browser does, and return its name."""
        form = self.send("POST", "/v1/uploads", json={"content_type": content_type}).json()
        posted = requests.post(
            form["upload"]["url"], data=form["upload"]["fields"], files={"file": content}, timeout=30
        )
        assert posted.status_code == 204, posted.text
        name: str = form["source_image"]
        return name

    def video(self, id: str, *, videos: str = "/v1/videos") -> dict[str, Any]:
        answer = self.send("GET", f"{videos}/{id}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def follow(self, id: str, *, until: tuple[str, ...] = FINISHED, videos: str = "/v1/videos") -> dict[str, Any]:
        """Return the video once it has one of these statuses."""
        seen: dict[str, Any] = {}

        def has_arrived() -> bool:
            seen.update(self.video(id, videos=videos))
            return seen["status"] in until

        self.wait_until(has_arrived)
        return seen
