"""Files at the door (上传与下载): measured before they are read, handed out as attachments only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from openlot.kernel.errors import TooLarge
from openlot.kernel.uploads import WORDS, Accept
from openlot.web.forms import whole
from openlot.web.screens import refused

PICKERS = {
    Accept.PHOTO: {"accept": "image/*", "capture": "environment"},
    Accept.DOCUMENT: {"accept": "image/*,.pdf,.docx,.xlsx,.txt"},
    Accept.STAMP: {"accept": ".tsr"},
    Accept.TABLE: {"accept": ".xlsx,.csv,.txt"},
}
FORM_ROOM = 1024 * 1024


class UploadField(forms.FileField):
    """A file of a form (上传文件): its cleaned value is the name and the bytes."""

    def __init__(self, *, accept: Accept, **kwargs: Any) -> None:
        self.accept = accept
        super().__init__(widget=forms.FileInput(PICKERS[accept]), allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> tuple[str, bytes] | None:
        """Measure the file, then read it; what it is, the service finds out."""
        found: UploadedFile[bytes] | None = super().clean(data, initial)
        if found is None:
            return None
        if found.size is None or found.size > self.accept.limit:
            raise forms.ValidationError(self.accept.too_large)
        if found.size == 0:
            raise forms.ValidationError(str(WORDS["empty"]))
        return str(found.name), found.read()


def upload_guard(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Refuse a request that says it is too large before a byte of it is read (请求大小限制)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if whole(length, settings.UPLOAD_LIMIT * 2) > settings.UPLOAD_LIMIT + FORM_ROOM:
            return refused(request, TooLarge(Accept.TABLE.too_large))
        return get_response(request)

    return middleware


def attachment(
    content: bytes, name: str, media_type: str = "application/octet-stream"
) -> HttpResponse:
    """Return a file to be saved, never to be run (附件下载)."""
    response = HttpResponse(content, content_type=media_type)
    seal(response, name)
    return response


def seal(response: HttpResponseBase, name: str) -> None:
    """Let a response be saved under a name and nothing else (附件响应头)."""
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
