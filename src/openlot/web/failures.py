"""What is shown when there is nothing to show (出错页面)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import DomainError, Invalid, NotFound


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that the request cannot be read: too many files, unseen characters, or broken (请求有误)."""
    error = Invalid(_("请求无法识别：含有不可见字符，或一次上传超过 20 个文件，请返回后重试"))
    return render(request, "web/refused.html", {"error": error, "fields": []}, status=400)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form is too old or not ours (表单已失效)."""
    error = Invalid(_("表单已失效或不是从本平台提交，请刷新页面后重试"))
    return render(request, "web/refused.html", {"error": error, "fields": []}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page (未找到)."""
    return render(request, "web/refused.html", {"error": NotFound(), "fields": []}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the platform failed (系统错误), without a query."""
    return render(request, "web/refused.html", {"error": DomainError(), "fields": []}, status=500)
