"""What no word of a request may hold (请求字符检查), on either site."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]
NUL = "\0"


def words_middleware(get_response: Answer) -> Answer:
    """Refuse a request with a NUL byte in its words (请求字符检查): which no database keeps."""

    def middleware(request: HttpRequest) -> HttpResponse:
        said = [request.path]
        for typed in (request.GET, request.POST):
            for name, values in typed.lists():
                said += [name, *values]
        if any(NUL in word for word in said):
            raise BadRequest("a NUL byte")
        return get_response(request)

    return middleware
