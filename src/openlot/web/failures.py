"""What is shown when there is nothing to show (出错页面)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openlot.kernel.errors import DomainError, NotFound


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page (未找到)."""
    return render(request, "web/refused.html", {"error": NotFound(), "fields": []}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the platform failed (系统错误), without a query."""
    return render(request, "web/refused.html", {"error": DomainError(), "fields": []}, status=500)
