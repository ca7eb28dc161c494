"""The pages of the portal (公示网站页面): nothing here but published snapshots."""

from __future__ import annotations

import re
from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from openlot.portal.ledger import public_ledger
from openlot.portal.log import proven
from openlot.portal.receipts import told
from openlot.portal.verifier import NAME, archive
from openlot.portal.verify_words import verify_words
from openlot.publication.models import PublicFile, PublicRecord
from openlot.publication.selectors import (
    attestations,
    extensions,
    history,
    published,
    receipt_for,
    search,
    void_notice,
)

PAGE = 20


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Show the newest of each kind (首页)."""
    sections = [
        (kind, label, list(published(kind)[:5])) for kind, label in PublicRecord.Kind.choices
    ]
    return render(request, "portal/home.html", {"sections": sections})


@require_GET
def record_list(request: HttpRequest, kind: str) -> HttpResponse:
    """List the records of a kind (公示列表)."""
    labels = dict(PublicRecord.Kind.choices)
    if kind not in labels:
        raise Http404
    page = Paginator(published(kind), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/list.html", {"kind": kind, "label": labels[kind], "page": page})


@require_GET
def record(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one record, with its versions and files (公示详情)."""
    found = get_object_or_404(PublicRecord, public_id=public_id)
    files = PublicFile.objects.filter(record=found).defer("content")
    return render(
        request,
        "portal/record.html",
        {
            "record": found,
            "body": found.body,
            "files": files,
            "void": void_notice(found),
            "versions": history(found),
            "attestations": attestations(found),
            "proven": proven(found),
            "extensions": extensions(found),
            "template": f"portal/_{found.kind}.html",
        },
    )


@require_GET
def record_file(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """Hand out a published file byte for byte (公示附件)."""
    found = get_object_or_404(PublicFile, record__public_id=public_id, name=name)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def draw(request: HttpRequest, number: str) -> HttpResponse:
    """Lead from the QR on a draw's paper to its newest record (抽取单据二维码)."""
    for kind in (PublicRecord.Kind.VOID, PublicRecord.Kind.DRAW, PublicRecord.Kind.ANNOUNCEMENT):
        found = published(kind).filter(key=f"{kind.value}:{number}").first()
        if found is not None:
            return redirect("record", public_id=found.public_id)
    raise Http404


@require_GET
def search_page(request: HttpRequest) -> HttpResponse:
    """Search by name or code (按名称或代码查询)."""
    words = request.GET.get("q", "")[:80]
    page = Paginator(search(words), PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/search.html", {"words": words, "page": page})


@require_http_methods(["GET", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """Open a business's own receipt with the code of its notice (凭查验码查看回执)."""
    code = request.POST.get("code", "")[:40]
    found = [told(row) for row in receipt_for(code)] if code else []
    response = render(
        request,
        "portal/receipt.html",
        {
            "asked": bool(code),
            "receipts": found,
            "code": code,
            "words": verify_words(),
        },
    )
    patch_cache_control(response, no_store=True)
    return response


@require_http_methods(["POST"])
def receipt_file(request: HttpRequest) -> HttpResponse:
    """Hand out the receipt as a file to verify (下载回执)."""
    rows = receipt_for(request.POST.get("code", "")[:40])
    found = rows.filter(fid=request.POST.get("fid", "")[:64]).first()
    if found is None:
        return redirect(reverse("receipt"))
    response = HttpResponse(bytes(found.content), content_type="text/plain")
    response["Content-Disposition"] = 'attachment; filename="receipt.vdr"'
    patch_cache_control(response, no_store=True)
    return response


@require_GET
def ledger(request: HttpRequest) -> HttpResponse:
    """Show what was left out, voided and changed, department by department (排除与改派公开账)."""
    year = request.GET.get("year", "")
    accounts = public_ledger(int(year) if re.fullmatch("[0-9]{4}", year) else None)
    return render(request, "portal/ledger.html", {"accounts": accounts})


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """Explain how anybody verifies a draw (如何核验), and verify what a visitor brings."""
    newest = published(PublicRecord.Kind.DRAW).filter(body__disclosure="full")[:5]
    return render(request, "portal/verify.html", {"words": verify_words(), "newest": newest})


@require_GET
def verifier_file(request: HttpRequest) -> HttpResponse:
    """Hand out the single-file verifier (下载单文件核验程序)."""
    response = HttpResponse(archive(), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{NAME}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_GET
def verify_draw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Verify one published draw (验证这次抽取) in the visitor's browser."""
    found = get_object_or_404(PublicRecord, public_id=public_id, kind=PublicRecord.Kind.DRAW)
    announced = PublicRecord.objects.filter(
        key=found.key.replace("draw:", "announcement:", 1), kind=PublicRecord.Kind.ANNOUNCEMENT
    ).last()
    is_open = found.body["disclosure"] == "full"
    address = reverse("file", kwargs={"public_id": public_id, "name": "bundle.zip"})
    context = {
        "record": found,
        "body": found.body,
        "announced": announced,
        "drawn_at": datetime.fromisoformat(found.body["drawn_at"]),
        "is_open": is_open,
        "words": verify_words(),
        "task": {
            "bundle": address if is_open else "",
            "published": _published(found, announced),
        },
    }
    return render(request, "portal/verify_draw.html", context)


def _published(found: PublicRecord, announced: PublicRecord | None) -> dict[str, str]:
    """Return what was published when (已公布的校验码): adigest is the one of the announcement."""
    before = announced.body if announced else found.body
    return {
        "adigest": before["adigest"],
        "rdigest": found.body["rdigest"],
        "seed": found.body.get("seed", ""),
    }
