"""Finds who answers a request, and turns a refusal into its answer."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial

from local.simulators.core.server import Reply, Request

Handler = Callable[..., Reply]
Routes = Mapping[str, Mapping[str, Handler]]  # by a path's pattern, then by method; the first pattern that fits counts


class Refusal(Exception, ABC):
    """A request that the provider refuses, in the provider's own words; nothing was done."""

    @abstractmethod
    def reply(self) -> Reply: ...


def answer(api: object, request: Request, *, routes: Routes, no_path: Refusal, no_method: Refusal) -> Reply:
    """A handler gets `api`, the request, and the groups of its pattern."""
    for pattern, handlers in routes.items():
        if match := re.fullmatch(pattern, request.path):
            handler = handlers.get(request.method)
            return replying(partial(handler, api, request, *match.groups())) if handler else no_method.reply()
    return no_path.reply()


def replying(work: Callable[[], Reply]) -> Reply:
    try:
        return work()
    except Refusal as refusal:
        return refusal.reply()
