"""Dispatch a request to its handler, and turn a provider's API error into a response."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from functools import partial

from local.simulators.core.server import Request, Response

Handler = Callable[..., Response]
Routes = Mapping[str, Mapping[str, Handler]]  # by path pattern, then by method; the first matching pattern wins


class ApiError(Exception, ABC):
    """A request that the provider rejects, in the provider's format. The request has no effect."""

    @abstractmethod
    def response(self) -> Response: ...


def dispatch(api: object, request: Request, *, routes: Routes, no_path: ApiError, no_method: ApiError) -> Response:
    """Call the matching handler with `api`, the request, and the groups of its pattern."""
    for pattern, handlers in routes.items():
        if match := re.fullmatch(pattern, request.path):
            handler = handlers.get(request.method)
            if handler is None:
                return no_method.response()
            return catching_errors(partial(handler, api, request, *match.groups()))
    return no_path.response()


def catching_errors(work: Callable[[], Response]) -> Response:
    """Return the response of `work`, or of the ApiError that it raises."""
    try:
        return work()
    except ApiError as error:
        return error.response()
