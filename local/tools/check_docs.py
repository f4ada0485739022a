"""Check README.md and docs/: every link, anchor, path, module and make target that they name must exist."""

import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from local.paths import ROOT

# Not part of the repository, so the documents may name files in them.
_GENERATED = {".aws-sam", ".git", ".hypothesis", ".keepreel", ".venv", "__pycache__", "node_modules"}
_SUFFIXES = {".css", ".html", ".js", ".json", ".md", ".mk", ".png", ".py", ".sh", ".svg", ".toml", ".yaml"}

# Where README.md says that a path without a top folder is.
_PACKAGE = "layers/keepreel/python/keepreel"

_CODE_SUFFIXES = {".js", ".py", ".sh", ".toml", ".yaml"}
_DOCUMENT = re.compile(r"(?<![\w/.])docs/[\w/-]+\.md")

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\[[^\]]*\]\(([^()\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
_PATH = re.compile(r"[\w.*-]+(?:/[\w.*-]+)*/?")
_PATH_IN_FENCE = re.compile(r"(?<![\w./$\"<-])[\w.-]+/[\w.*/-]*")
_WORD = re.compile(r"(?<!\S)\S+")
_MODULE = re.compile(r"python -m ((?:local|tests)[\w.]*)")
_MAKE = re.compile(r"(?:^|`)(?:\w+=(?:\"[^\"]*\"|\S+) )*make ([a-z][a-z-]*)", re.MULTILINE)
_MAKE_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)


@dataclass(frozen=True)
class Project:
    root: Path

    def documents(self) -> list[Path]:
        return [self.root / "README.md", *sorted((self.root / "docs").rglob("*.md"))]

    @cached_property
    def files(self) -> list[PurePosixPath]:
        return [PurePosixPath(it.relative_to(self.root).as_posix()) for it in _files(self.root)]

    @cached_property
    def folders(self) -> set[PurePosixPath]:
        return {folder for file in self.files for folder in file.parents}

    @cached_property
    def top_folders(self) -> set[str]:
        return {folder.name for folder in self.folders if len(folder.parts) == 1}

    @cached_property
    def make_targets(self) -> set[str]:
        return set(_MAKE_TARGET.findall((self.root / "Makefile").read_text(encoding="utf-8")))

    def has_path(self, name: str) -> bool:
        """Whether this is a path from the root, or the end of one such as `providers/registry.py`."""
        parts = PurePosixPath(name).parts
        is_whole = parts[0] in self.top_folders
        known = [*self.folders] if name.endswith("/") else [*self.files, *self.folders]
        return any(it.match(name) and (len(it.parts) == len(parts) or not is_whole) for it in known)

    def has_readme_path(self, name: str) -> bool:
        """Whether this is a path from the root or from the package, which is the rule that README.md states."""
        return any(any(folder.glob(name)) for folder in (self.root, self.root / _PACKAGE))

    def has_module(self, name: str) -> bool:
        path = self.root / name.replace(".", "/")
        return path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def problems(project: Project) -> list[str]:
    """Return one line per mistake: `file:line: message`."""
    return [
        f"{document.relative_to(project.root)}:{line}: {message}"
        for document in project.documents()
        for line, message in sorted({*_problems(document, project)})
    ]


def code_problems(project: Project) -> list[str]:
    """Return one line per document that the code names but that does not exist."""
    return [
        f"{file}: there is no {name}"
        for file in project.files
        if file.suffix in _CODE_SUFFIXES and file.parts[0] not in {"docs", "tests"}
        for name in _DOCUMENT.findall((project.root / file).read_text(encoding="utf-8"))
        if not (project.root / name).exists()
    ]


def _problems(document: Path, project: Project) -> Iterator[tuple[int, str]]:
    text = document.read_text(encoding="utf-8")
    prose = _FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), text)

    for match in _LINK.finditer(_CODE.sub(lambda code: " " * len(code[0]), prose)):
        if message := _link_problem(match[1] or match[2], document):
            yield _line(prose, match), message
    has_path = project.has_readme_path if document == project.root / "README.md" else project.has_path
    for match in _CODE.finditer(prose):
        if _is_path(match[1], project) and not has_path(match[1]):
            yield _line(prose, match), f"there is no {match[1]}"
    for fence in _FENCE.finditer(text):
        for match in _paths_in_fence(fence[0], project):
            yield _line(text, fence) + _line(fence[0], match) - 1, f"there is no {match[0]}"
    for match in _MODULE.finditer(text):
        if not project.has_module(match[1].rstrip(".")):
            yield _line(text, match), f"there is no module {match[1]}"
    for match in _MAKE.finditer(text):
        if match[1] not in project.make_targets:
            yield _line(text, match), f"there is no target `make {match[1]}`"


def _paths_in_fence(fence: str, project: Project) -> Iterator[re.Match[str]]:
    """The paths that do not exist: from the root in any code block, and all of them in one without a language."""
    is_tree = fence.startswith("```\n")
    for match in _WORD.finditer(fence) if is_tree else _PATH_IN_FENCE.finditer(fence):
        is_path = _is_path(match[0], project) if is_tree else match[0].split("/")[0] in project.top_folders
        if is_path and not project.has_path(match[0].rstrip(".")):
            yield match


def _link_problem(target: str, document: Path) -> str | None:
    if re.match(r"[a-z]+:|<", target):  # another site, or a placeholder
        return None
    name, _, anchor = target.partition("#")
    file = document.parent / name if name else document
    if not file.exists():
        return f"the link {target} leads to no file"
    if anchor and anchor not in anchors(file.read_text(encoding="utf-8")):
        return f"the link {target} leads to no heading"
    return None


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a document."""
    found: set[str] = set()
    for heading in _HEADING.findall(_FENCE.sub("", text)):
        words = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        count = 0
        while (anchor := slug if count == 0 else f"{slug}-{count}") in found:
            count += 1
        found.add(anchor)
    return found


def _is_path(code: str, project: Project) -> bool:
    if not _PATH.fullmatch(code) or code.split("/")[0] in _GENERATED:
        return False
    is_below_top = "/" in code and code.split("/")[0] in project.top_folders
    return is_below_top or code.endswith("/") or PurePosixPath(code).suffix in _SUFFIXES


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def _files(root: Path) -> Iterator[Path]:
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(it for it in {*subfolders} - _GENERATED if not it.endswith("_cache"))
        yield from (Path(folder, name) for name in names)


if __name__ == "__main__":
    found = [*problems(Project(ROOT)), *code_problems(Project(ROOT))]
    print("\n".join(found) or "README.md and docs/: all links and paths exist")
    sys.exit(bool(found))
