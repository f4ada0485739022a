"""`make verify`: check a running deployment from outside, without creating a video or spending anything."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

import requests

from local.cli.sign_in import access_token
from local.paths import ROOT
from local.tools.deployment import commands
from local.tools.deployment.commands import DeploymentError

_TIMEOUT = (5, 30)
_SAMPLE = ROOT / "local/samples/avatar-sophia.jpg"
_FORGED = "forged" * 8


class CheckError(Exception):
    """A check failed; the message says what was expected and found."""


class UnreachableError(CheckError):
    """The site did not respond, so no other check makes sense."""


@dataclass(frozen=True)
class User:
    email: str
    password: str


class Site:
    """A deployment, as visitors and a signed-in user see it."""

    def __init__(self, url: str) -> None:
        self._url = url if url.endswith("/") else f"{url}/"
        self._session = requests.Session()

    def call(self, method: str, path: str, *, status: int = 200, **arguments: Any) -> requests.Response:
        """Return the response. Raises CheckError if its status differs."""
        try:
            response = self._session.request(
                method, urljoin(self._url, path), timeout=_TIMEOUT, allow_redirects=False, **arguments
            )
        except requests.ConnectionError as error:
            raise UnreachableError(f"{self._url} cannot be reached ({type(error).__name__})") from error
        except requests.RequestException as error:
            raise CheckError(f"{method} /{path} did not respond: {error}") from error
        if response.status_code != status:
            detail = response.text[:200].strip()
            raise CheckError(f"{method} /{path} returned {response.status_code}, not {status}: {detail}")
        return response

    def json(self, method: str, path: str, **arguments: Any) -> Mapping[str, Any]:
        response = self.call(method, path, **arguments)
        try:
            found = response.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise CheckError(f"{method} /{path} returned no JSON object: {response.text[:200].strip()}")
        return found

    def sign_in(self, user: User) -> None:
        config = self.json("GET", "config.json")
        try:
            token = access_token(
                config["cognito_url"],
                client_id=config["user_pool_client_id"],
                email=user.email,
                password=user.password,
            )
        except requests.RequestException as error:
            raise CheckError(f"{user.email} cannot sign in: {_refusal(error)}") from error
        except KeyError as error:
            raise CheckError(f"{user.email} must set a password first: sign in on the page once") from error
        self._session.headers["Authorization"] = f"Bearer {token}"


def public_checks(site: Site) -> dict[str, Callable[[], object]]:
    """Return the checks that need no user, by what they show."""
    return {
        "the page is served, with a content security policy": lambda: _page(site),
        "its files are cached for good": lambda: _static_file(site),
        "the page knows the user pool": lambda: _config(site),
        "the API is documented": lambda: site.json("GET", "openapi.json"),
        "the API refuses a request without a token": lambda: site.call("GET", "v1/videos", status=401),
        "the API refuses a wrong token": lambda: site.call(
            "GET", "v1/videos", status=401, headers={"Authorization": f"Bearer {_FORGED}"}
        ),
        "a forged share link shows nothing": lambda: site.call("GET", f"s/{_FORGED}", status=404),
        "a forged callback changes nothing": lambda: site.call(
            "POST", f"callbacks/kling/{_FORGED}", status=404, json={"task_status": "succeed"}
        ),
        "an unknown file is not served": lambda: _unknown_file(site),
    }


def signed_in_checks(site: Site, user: User) -> dict[str, Callable[[], object]]:
    """Return the checks as a user, in their order. They upload an image, which expires unused."""
    return {
        f"{user.email} signs in": lambda: site.sign_in(user),
        "the user's videos are listed": lambda: site.json("GET", "v1/videos?limit=1")["videos"],
        "models are offered": lambda: _models(site),
        "an image is uploaded, and a request with it has a price": lambda: _quote(site),
    }


def verify(url: str, user: User | None) -> list[str]:
    """Print a line for each check. Return the failures, and stop if no later check can pass."""
    site = Site(url)
    checks = {**public_checks(site), **(signed_in_checks(site, user) if user else {})}
    failures = []
    for name, check in checks.items():
        try:
            check()
        except CheckError as error:
            failures.append(f"{name}: {error}")
            print(f"✗ {failures[-1]}", flush=True)
            if "signs in" in name or isinstance(error, UnreachableError):
                break
        else:
            print(f"✓ {name}", flush=True)
    if user is None:
        print("- not checked as a user: add EMAIL=… and the variable PASSWORD of the environment")
    return failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="")
    parser.add_argument("--email", default="", help="a user; the password is read from the variable PASSWORD")
    arguments = parser.parse_args()
    failures = verify(_checked(arguments.url), _user(arguments.url, arguments.email, os.environ.get("PASSWORD", "")))
    print(f"Failed checks: {len(failures)}" if failures else "Everything works. Nothing was created or spent.")
    sys.exit(1 if failures else 0)


def _checked(url: str) -> str:
    if not re.match(r"https://[^/]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", url):
        raise DeploymentError("URL is missing or not https: make verify URL=https://…, the output PublicUrl")
    return url


def _user(url: str, email: str, password: str) -> User | None:
    """Return the user to check with: the given one, else the demo user of a sandbox, else none."""
    if bool(email) != bool(password):
        raise DeploymentError("EMAIL and PASSWORD belong together: PASSWORD=… make verify URL=… EMAIL=…")
    if email:
        return User(email, password)
    try:
        demo = Site(url).json("GET", "config.json").get("demo_user")
    except CheckError:
        return None
    return User(demo["email"], demo["password"]) if demo else None


def _refusal(error: requests.RequestException) -> str:
    """Return Cognito's message, such as "Incorrect username or password."."""
    try:
        return str(error.response.json()["message"]) if error.response is not None else type(error).__name__
    except (ValueError, LookupError, TypeError):
        return str(error)


def _page(site: Site) -> None:
    page = site.call("GET", "")
    if "default-src" not in page.headers.get("Content-Security-Policy", ""):
        raise CheckError("the page has no Content-Security-Policy")


def _static_file(site: Site) -> None:
    found = re.search(r'(?:src|href)="/?(static/[^"]+\.(?:js|css))"', site.call("GET", "").text)
    if found is None:
        raise CheckError("the page names no script or style")
    control = site.call("GET", found[1]).headers.get("Cache-Control", "")
    if "immutable" not in control:
        raise CheckError(f"/{found[1]} has Cache-Control: {control or 'nothing'}")


def _config(site: Site) -> None:
    missing = {"cognito_url", "user_pool_client_id"} - {
        key for key, it in site.json("GET", "config.json").items() if it
    }
    if missing:
        raise CheckError(f"/config.json has no {', '.join(sorted(missing))}")


def _unknown_file(site: Site) -> None:
    """The CDN refuses a file that does not exist, or one without a signature; the local stack has no such file."""
    try:
        site.call("GET", "media/none/none/video.mp4", status=403)
    except CheckError:
        site.call("GET", "media/none/none/video.mp4", status=404)


def _models(site: Site) -> None:
    if not site.json("GET", "v1/models")["models"]:
        raise CheckError("no model is offered")


def _quote(site: Site) -> None:
    upload = site.json("POST", "v1/uploads", json={"content_type": "image/jpeg"}, status=201)
    form = upload["upload"]
    with _SAMPLE.open("rb") as image:
        stored = requests.post(form["url"], data=form["fields"], files={"file": image}, timeout=_TIMEOUT)
    if not stored.ok:
        raise CheckError(f"the bucket refused the image: {stored.status_code} {stored.text[:200]}")
    body = {"source_image": upload["source_image"], "prompt": "She smiles.", "dry_run": True}
    if site.json("POST", "v1/videos", json=body)["cost"]["estimated_usd"] <= 0:
        raise CheckError("a dry run has no price")


if __name__ == "__main__":
    commands.main(main)
