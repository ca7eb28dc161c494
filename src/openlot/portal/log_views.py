"""The pages and files of the public log (存证日志): static bytes for programs, one page for people."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from fairdraw.errors import FairdrawError
from fairdraw.tiles import parse_path
from openlot.portal.log import (
    checkpoints,
    compare,
    proof_text,
    public_keys,
    tile_bytes,
    watchers,
)
from openlot.portal.log_words import log_words
from openlot.publication.models import OpenedEvent
from openlot.trail.models import Checkpoint
from openlot.trail.reading import newest_checkpoint, signed_note

FOREVER = "public, max-age=31536000, immutable"
SECONDS = "public, max-age=5"
TEXT = "text/plain; charset=utf-8"


@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Explain the log (存证日志) and show what it has signed; check whatever a visitor brings."""
    size, root = request.GET.get("size", "")[:20], request.GET.get("root", "")[:100]
    context = {
        **_state(request.GET.get("page")),
        "keys": [key.text for key in public_keys()],
        "watchers": watchers(),
        "seen": f"{size} {root}".strip(),
        "compared": compare(size, root),
        "sayings": log_words(),
        "task": _task(),
    }
    return render(request, "portal/log.html", context)


@require_GET
def check(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Check in the browser (浏览器内核验存证) that one published act is in the log."""
    opened = _opened(public_id, number)
    address = reverse("log-proof", args=[public_id, number])
    context = {
        "record": opened.record,
        "filename": _filename(public_id, number),
        "address": address if proof_text(opened) else "",
        "keys": [key.text for key in public_keys()],
        "sayings": log_words(),
        "task": _task(address),
    }
    return render(request, "portal/log_check.html", context)


def _state(page: str | None) -> dict[str, Any]:
    rows = checkpoints(page)
    newest = newest_checkpoint()
    return {
        "newest": newest,
        "root": bytes(newest.root).hex() if newest else "",
        "page": rows,
        "past": [{"size": one.size, "at": one.at, "root": bytes(one.root).hex()} for one in rows],
    }


def _task(proof: str = "") -> dict[str, Any]:
    return {
        "keys": [key.text for key in public_keys()],
        "witnesses": [one.vkey for one in watchers()],
        "log": reverse("log"),
        "proof": proof,
    }


def _opened(public_id: str, number: int) -> OpenedEvent:
    rows = OpenedEvent.objects.filter(record__public_id=public_id).select_related("record")
    found = list(rows.order_by("pk"))
    if not 0 < number <= len(found):
        raise Http404
    return found[number - 1]


@require_GET
def proof(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Hand out the proof of one published act (下载存证证明)."""
    text = proof_text(_opened(public_id, number))
    if text is None:
        raise Http404
    response = _bytes(text.encode(), TEXT, SECONDS)
    name = _filename(public_id, number)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _filename(public_id: str, number: int) -> str:
    return f"{public_id}-{number}.tlog-proof"


@require_GET
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Hand out the newest checkpoint (最新检查点) with its cosignatures."""
    newest = newest_checkpoint()
    if newest is None:
        raise Http404
    return _bytes(signed_note(newest).encode(), TEXT, SECONDS)


@require_GET
def past(request: HttpRequest, size: int) -> HttpResponse:
    """Hand out a checkpoint of the past (历次检查点)."""
    found = get_object_or_404(Checkpoint, size=size)
    return _bytes(signed_note(found).encode(), TEXT, SECONDS)


@require_GET
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """Hand out a tile or a bundle of entries (瓦片、条目包), the same bytes for ever."""
    try:
        data = tile_bytes(parse_path(path))
    except FairdrawError:
        raise Http404 from None
    if data is None:
        raise Http404
    return _bytes(data, "application/octet-stream", FOREVER)


def _bytes(data: bytes, media_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(data, content_type=media_type)
    response["Cache-Control"] = caching
    # Anybody's page may verify this log: nothing here is for one reader only.
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Content-Type-Options"] = "nosniff"
    return response
