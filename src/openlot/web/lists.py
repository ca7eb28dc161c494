"""Lists (列表): filter, search, sort, page, export; always bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from html import unescape
from tempfile import TemporaryFile
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Model, Q, QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from openlot.exchange.sheets import Cell, write_csv, write_xlsx
from openlot.kernel.errors import Denied, TooLarge
from openlot.privacy.services import note_export
from openlot.rights.access import holds, visible
from openlot.rights.perms import Perm
from openlot.web.forms import whole
from openlot.web.page import Act
from openlot.web.screens import StaffRequest, when_shown
from openlot.web.uploads import seal

Text = str | Promise
Finder = Callable[[QuerySet[Any], str], QuerySet[Any]]
PAGE_SIZES = (20, 50, 100)
COUNT_LIMIT = 100_000
EXPORT_LIMIT = 100_000
EXPORT_CHUNK = 2_000
FORMATS = {
    "csv": (write_csv, "text/csv; charset=utf-8"),
    "xlsx": (
        write_xlsx,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column (列): ``cell`` makes what stands in it, ``sort`` is the column to order by."""

    title: Text
    cell: Callable[[Any], Any]
    sort: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter (筛选条件): query key, title, choices, and the look-up it sets."""

    key: str
    title: Text
    choices: Sequence[tuple[str, Text]]
    lookup: str


@dataclass(frozen=True, slots=True)
class ListSpec:
    """What a list shows and how it can be narrowed (列表定义).

    export    the right to take rows away, where looking at them is not enough
    """

    title: Text
    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: Sequence[str] = ()
    find: Finder | None = None  # where columns alone are too slow
    search_hint: Text = ""
    order: Sequence[str] = ("-pk",)
    empty: Text = ""
    export: Perm | None = None

    @property
    def is_searchable(self) -> bool:
        """Whether the list has a field to type into (可查询)."""
        return bool(self.search or self.find)


def show_list(
    request: StaffRequest,
    rows: QuerySet[Any],
    spec: ListSpec,
    acts: Sequence[Act] = (),
    **context: Any,
) -> HttpResponse:
    """Render one page of a list, or export what it is narrowed to (列表页)."""
    chosen = {key: str(value) for key, value in request.GET.items() if value}
    rows = _narrow(rows, spec, chosen)
    exports = spec.export is None or holds(request.actor, spec.export)
    if chosen.get("export") in FORMATS:
        if not exports:
            raise Denied
        if spec.export is not None:
            rows = visible(request.actor, spec.export, rows)
        return _export(request, rows, spec, chosen)
    size = whole(chosen.get("size"), PAGE_SIZES[0], PAGE_SIZES)
    total = rows.order_by()[: COUNT_LIMIT + 1].count()
    pages = max(1, -(-min(total, COUNT_LIMIT) // size))
    number = min(max(1, whole(chosen.get("page"), 1)), pages)
    shown = list(rows[(number - 1) * size : number * size])
    return render(
        request,
        _template(request),
        {
            "spec": spec,
            "acts": acts,
            "chosen": chosen,
            "total": min(total, COUNT_LIMIT),
            "capped": total > COUNT_LIMIT,
            "page_number": number,
            "pages": pages,
            "size": size,
            "sizes": PAGE_SIZES,
            "heads": [_head(column, chosen) for column in spec.columns],
            "table": [[(column, column.cell(row)) for column in spec.columns] for row in shown],
            "links": [(n, _query(chosen, page=str(n))) for n in _window(number, pages)],
            "before": _query(chosen, page=str(number - 1)) if number > 1 else "",
            "after": _query(chosen, page=str(number + 1)) if number < pages else "",
            "exports": exports,
            "xlsx": _query(chosen, export="xlsx"),
            "csv": _query(chosen, export="csv"),
            "filters": [(f, chosen.get(f.key, "")) for f in spec.filters],
            **context,
        },
    )


def _template(request: StaffRequest) -> str:
    return "web/_list.html" if request.headers.get("HX-Request") else "web/list.html"


def _narrow(rows: QuerySet[Any], spec: ListSpec, chosen: dict[str, str]) -> QuerySet[Any]:
    for known in spec.filters:
        value = chosen.get(known.key)
        if value and value in {str(key) for key, _title in known.choices}:
            rows = rows.filter(**{known.lookup: value})
    rows = rows.order_by(*spec.order)
    words = chosen.get("q", "").strip()
    if words and spec.find:
        rows = spec.find(rows, words)
    elif words and spec.search:
        found = Q()
        for column in spec.search:
            found |= Q(**{f"{column}__icontains": words})
        rows = rows.filter(found)
    wanted = chosen.get("sort", "")
    sortable = {column.sort for column in spec.columns if column.sort}
    if wanted.removeprefix("-") in sortable:
        return rows.order_by(wanted, "pk")
    return rows


def _head(column: Column, chosen: dict[str, str]) -> dict[str, Any]:
    current = chosen.get("sort", "")
    direction = {column.sort: "ascending", f"-{column.sort}": "descending"}.get(current, "")
    flipped = f"-{column.sort}" if current == column.sort else column.sort
    return {
        "title": column.title,
        "number": column.number,
        "direction": direction,
        "query": _query(chosen, sort=flipped) if column.sort else "",
    }


def _query(chosen: dict[str, str], **changes: str) -> str:
    kept = {k: v for k, v in chosen.items() if k not in ("page", "export")}
    return "?" + urlencode({**kept, **changes})


def _window(number: int, pages: int) -> list[int]:
    near = range(max(1, number - 2), min(pages, number + 2) + 1)
    return sorted({1, pages, *near})


def _export(
    request: StaffRequest, rows: QuerySet[Model], spec: ListSpec, chosen: dict[str, str]
) -> HttpResponse:
    """Write the list to a file that is sent from the disk and gone afterwards; it is an event."""
    total = rows.order_by()[: EXPORT_LIMIT + 1].count()
    if total > EXPORT_LIMIT:
        raise TooLarge(_("超过 %(most)s 项，请先缩小范围再导出"), most=EXPORT_LIMIT)
    cells = (
        [_exported(column.cell(row)) for column in spec.columns]
        for row in rows.iterator(chunk_size=EXPORT_CHUNK)
    )
    return send_rows(request, [column.title for column in spec.columns], cells, chosen, total)


def send_rows(
    request: StaffRequest,
    headings: Sequence[Text],
    cells: Iterable[Sequence[Cell]],
    chosen: dict[str, str],
    n_rows: int,
) -> HttpResponse:
    """Send rows as the kind of file that was asked for (发送导出文件); it is an event.

    chosen    what was asked, ``export`` among it
    """
    kind = chosen["export"]
    file = TemporaryFile()  # noqa: SIM115  # closed by the response
    write, media = FORMATS[kind]
    write(file, [str(title) for title in headings], cells)
    file.seek(0)
    narrowed = {k: v for k, v in chosen.items() if k not in ("export", "page", "size")}
    when_shown(
        request,
        lambda screen: note_export(
            cast(Model, request.user),
            screen=screen,
            kind=kind,
            n_rows=n_rows,
            narrowed_by=narrowed,
            actor=request.actor,
        ),
    )
    response = FileResponse(file, content_type=media)
    seal(response, f"list.{kind}")
    return cast(HttpResponse, response)  # streamed, with the same headers


def _exported(value: object) -> Cell:
    """Return a cell as words: what a page marks up loses its marks, the rest stays as it is."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, SafeString):
        return unescape(strip_tags(value))
    return "" if value is None else str(value)
