"""The commands of docs/local-invoke.md: which function is invoked with which event, in order."""

import json
import re
from dataclasses import dataclass
from typing import Any

from local.paths import ROOT

GUIDE = ROOT / "docs/local-invoke.md"
_PLACEHOLDER = "VIDEO_ID"
_COMMAND = re.compile(
    r'(?m)^(?:sed "s/VIDEO_ID/\$VIDEO/" (?P<piped>\S+) \| )?'
    r"\.venv/bin/sam local invoke (?P<function>\w+) --event (?P<event>\S+)$"
)


@dataclass(frozen=True, kw_only=True)
class Command:
    function: str  # logical id
    event: str  # path of the event's file

    def content(self, video_id: str) -> Any:
        """Return the event, for this video."""
        return json.loads((ROOT / self.event).read_text(encoding="utf-8").replace(_PLACEHOLDER, video_id))


def commands() -> list[Command]:
    """Return the commands of the guide, in its order."""
    return [
        Command(function=found["function"], event=found["piped"] or found["event"])
        for found in _COMMAND.finditer(GUIDE.read_text(encoding="utf-8"))
    ]
