"""What the public reads when a page cannot be had (出错页面): words alone, no query, no detail."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page (未找到)."""
    return render(request, "portal/not_found.html", status=404)


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read (请求有误)."""
    return _failed(request, 400, _("请求无法识别，请返回首页重新操作"))


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form is too old or not from here (表单已失效)."""
    return _failed(request, 403, _("页面已失效，请返回首页重新操作"))


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the site failed (系统错误)."""
    return _failed(request, 500, _("网站暂时出错，请稍后再试"))


def _failed(request: HttpRequest, status: int, words: str) -> HttpResponse:
    return render(request, "portal/failed.html", {"words": words}, status=status)
