"""Static files of the page: content types, versioned paths and caching headers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

from keepreel.errors import NotFound

CACHE_FOREVER = "public, max-age=31536000, immutable"
CACHE_REVALIDATE = "no-cache"  # the browser stores the file and revalidates it by its ETag before each use

Source = Path | Traversable

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml; charset=utf-8",
    ".ts": "text/plain; charset=utf-8",  # types for other programs; browsers do not run them
}
_SERVED = (".css", ".html", ".js", ".svg", ".ts")
_VERSIONED = re.compile(r"([0-9a-f]{12})/(.+)")


@dataclass(frozen=True, kw_only=True)
class File:
    name: str
    text: str

    @property
    def content_type(self) -> str:
        return _TYPES[Path(self.name).suffix]

    @property
    def is_html(self) -> bool:
        return self.name.endswith(".html")


def read(path: Source) -> File:
    return File(name=path.name, text=path.read_text(encoding="utf-8"))


@dataclass(frozen=True, kw_only=True)
class Folder:
    """The page's files, read once at start. Later requests do not touch the disk.

    The version is a hash of all files. Modules loaded under a version import each other under the same version, so
    a new deployment never mixes with an old one. In HTML, `$version` is replaced with the version.
    """

    version: str
    files: Mapping[str, File]  # by path

    @classmethod
    def read(cls, path: Path) -> Self:
        files = {file.relative_to(path).as_posix(): read(file) for file in path.rglob("*") if file.suffix in _SERVED}
        version = sha256(repr(sorted((name, file.text) for name, file in files.items())).encode()).hexdigest()[:12]
        return cls(version=version, files={name: _with_version(file, version) for name, file in files.items()})

    def find(self, path: str) -> tuple[File, str]:
        """Return the file at `<path>` or `<version>/<path>`, and its Cache-Control header. Raises NotFound.

        Only a path with the present version is immutable. A page that was loaded before a deployment requests its old
        version and gets the present file.
        """
        versioned = _VERSIONED.fullmatch(path)
        version, name = versioned.groups() if versioned else (None, path)
        if name not in self.files:
            raise NotFound("There is nothing at this address.")
        file = self.files[name]
        is_immutable = version == self.version and not file.is_html
        return file, CACHE_FOREVER if is_immutable else CACHE_REVALIDATE


def _with_version(file: File, version: str) -> File:
    return replace(file, text=file.text.replace("$version", version)) if file.is_html else file
