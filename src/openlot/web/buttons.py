"""One-button acts (一键操作): POST runs a service, then back to where it belongs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise

from openlot.rights.perms import Perm
from openlot.web.screens import Source, StaffRequest, screen


def button(
    route: str,
    name: str,
    perm: Perm,
    source: Source,
    run: Callable[[StaffRequest, Any], object],
    done: str | Promise,
    *,
    back: Callable[[Any], str],
    step_up: str | Promise = "",
) -> None:
    """Register an act (登记操作) that a POST carries out; a GET only leads back."""

    @screen(route, name=name, perm=perm, obj=source, writes=True, step_up=step_up)
    def act(request: StaffRequest, obj: Any) -> HttpResponse:
        if request.method == "POST":
            run(request, obj)
            messages.success(request, str(done))
        return redirect(back(obj))
