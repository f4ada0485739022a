"""Shared libraries for Linux (64-bit ELF): which libraries one needs, and how to drop one that is never called."""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_DYNAMIC, _DYNSYM, _RELA, _VERSIONS = 6, 11, 4, 0x6FFFFFFE  # section types
_NULL, _NEEDED, _BIND_NOW, _FLAGS, _FLAGS_1 = 0, 1, 24, 30, 0x6FFFFFFB  # entries of the dynamic section


class NotDroppable(Exception):
    """The library needs another one as soon as it is loaded."""


@dataclass(frozen=True)
class _Section:
    name: str
    type: int
    offset: int
    size: int
    link: int


class Library:
    """A shared library in memory. `write` stores it."""

    def __init__(self, content: bytes) -> None:
        if content[:6] != b"\x7fELF\x02\x01":
            raise ValueError("not a 64-bit little-endian ELF file")
        self._content = bytearray(content)
        self._sections = self._read_sections()

    @classmethod
    def read(cls, path: Path) -> Self:
        return cls(path.read_bytes())

    def write(self, path: Path) -> None:
        """Replace the file. The old one may be a hard link into the cache of uv, so it is not written to."""
        mode = path.stat().st_mode
        path.unlink()
        path.write_bytes(self._content)
        path.chmod(mode)

    def needed(self) -> list[str]:
        """Return the names of the libraries that the loader opens with this one."""
        return [self._text(value) for tag, value in self._entries() if tag == _NEEDED]

    def defined(self) -> set[str]:
        """Return the symbols that the library offers."""
        return {name for name, is_defined in self._symbols() if is_defined and name}  # a section has no name

    def resolved_at_load(self) -> set[str]:
        """Return the symbols of other libraries that are resolved when this one is loaded, not at the first call."""
        undefined = {index: name for index, (name, is_defined) in enumerate(self._symbols()) if not is_defined}
        if self._is_bound_at_load():
            return set(undefined.values())
        relocations = (it for it in self._sections if it.type == _RELA and it.name != ".rela.plt")
        indices = {self._integer(at + 12, 4) for it in relocations for at in range(it.offset, it.offset + it.size, 24)}
        return {undefined[index] for index in indices & undefined.keys()}

    def versioned(self) -> set[str]:
        """Return the libraries of which certain versions are needed. The loader insists on opening them."""
        for section in (it for it in self._sections if it.type == _VERSIONS):
            strings, at, found = self._sections[section.link].offset, section.offset, set()
            while True:
                found.add(self._string(strings + self._integer(at + 4, 4)))
                if not (step := self._integer(at + 12, 4)):
                    return found
                at += step
        return set()

    def drop(self, name: str, library: "Library") -> None:
        """No longer need a library whose functions are never called. Raises NotDroppable if it is used at load."""
        if name in self.versioned():
            raise NotDroppable(f"{name} is needed in a certain version")
        if used := self.resolved_at_load() & library.defined():
            raise NotDroppable(f"{name}: {', '.join(sorted(used))}")
        kept = [(tag, it) for tag, it in self._entries() if tag != _NEEDED or self._text(it) != name]
        start, size = self._section(_DYNAMIC).offset, self._section(_DYNAMIC).size
        packed = b"".join(struct.pack("<QQ", *it) for it in kept)
        self._content[start : start + size] = packed.ljust(size, b"\0")

    def _entries(self) -> list[tuple[int, int]]:
        """Return the dynamic section, without its end."""
        section, found = self._section(_DYNAMIC), []
        for at in range(section.offset, section.offset + section.size, 16):
            tag, value = self._integer(at, 8), self._integer(at + 8, 8)
            if tag == _NULL:
                break
            found.append((tag, value))
        return found

    def _is_bound_at_load(self) -> bool:
        entries = dict(self._entries())
        return _BIND_NOW in entries or bool(entries.get(_FLAGS, 0) & 8) or bool(entries.get(_FLAGS_1, 0) & 1)

    def _symbols(self) -> list[tuple[str, bool]]:
        """Return the name of each dynamic symbol, and whether it is defined here."""
        section = self._section(_DYNSYM)
        strings = self._sections[section.link].offset
        return [
            (self._string(strings + self._integer(at, 4)), self._integer(at + 6, 2) != 0)
            for at in range(section.offset, section.offset + section.size, 24)
        ]

    def _section(self, type: int) -> _Section:
        return next(it for it in self._sections if it.type == type)

    def _read_sections(self) -> list[_Section]:
        start, (size, count, names) = self._integer(40, 8), struct.unpack_from("<HHH", self._content, 58)
        rows = [struct.unpack_from("<IIQQQQI", self._content, start + index * size) for index in range(count)]
        texts = rows[names][4]
        return [_Section(self._string(texts + row[0]), row[1], row[4], row[5], row[6]) for row in rows]

    def _text(self, offset: int) -> str:
        strings = self._sections[self._section(_DYNAMIC).link]
        return self._string(strings.offset + offset)

    def _string(self, at: int) -> str:
        return self._content[at : self._content.index(0, at)].decode()

    def _integer(self, at: int, size: int) -> int:
        return int.from_bytes(self._content[at : at + size], "little")
