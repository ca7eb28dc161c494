"""What each paper says (文书内容), as plain records."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as the business may see them (执法人员): name and certificate number."""

    name: str
    certificate_no: str
    leads: bool = False


@dataclass(frozen=True, slots=True)
class CheckItem:
    """An item row with its check points (检查事项)."""

    name: str
    basis: str
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """One department at one target (检查部门): its own rows and its own officers."""

    name: str
    officers: tuple[Officer, ...]
    items: tuple[CheckItem, ...]


@dataclass(frozen=True, slots=True)
class InspectionPaper:
    """All papers of one inspection (单个对象检查文书)."""

    number: str
    notice_no: str
    task_number: str
    task_name: str
    task_source: str
    lead: str
    phone: str
    target: str
    code: str
    address: str
    representative: str
    window: str
    methods: str
    visits_this_year: int
    n_assistants: int
    materials: tuple[str, ...]
    parties: tuple[Party, ...]
    result_names: tuple[str, ...]
    approved_by: str
    approved_on: str
    check_code: str
    url: str
    void: str = ""


@dataclass(frozen=True, slots=True)
class TaskPapers:
    """One PDF for a whole task (任务全套文书)."""

    task_number: str
    task_name: str
    lead: str
    printed_on: str
    inspections: tuple[InspectionPaper, ...]


@dataclass(frozen=True, slots=True)
class LogPlace:
    """The paper witness of the trail's tree (纸质存证): where the act stands, and what was signed.

    root      64 hex digits
    url       the page of the public log that compares size and root, which the code on the sheet
              holds: any phone's camera opens it
    """

    index: int
    size: int
    root: str
    url: str


@dataclass(frozen=True, slots=True)
class DayRow:
    """One draw on the sheet of a drawing day (抽签日单据的一项)."""

    draw_id: str
    lead: str
    task_name: str
    n_eligible: int
    n_drawn: int
    adigest: str
    rdigest: str


@dataclass(frozen=True, slots=True)
class DayPaper:
    """The one sheet of a drawing day to sign (抽签日单据): announcement, and record once drawn."""

    number: str
    office: str
    held_at: str
    place: str
    is_demo: bool
    announced_at: str
    drawn_at: str
    sheet_digest: str
    dice: str
    rows: tuple[DayRow, ...]
    url: str
    signers: tuple[str, ...]
    log: LogPlace | None = None


@dataclass(frozen=True, slots=True)
class DrawPaper:
    """The announcement to sign, and after the draw the record to sign (抽取公告单与记录)."""

    draw_id: str
    task_number: str
    task_name: str
    lead: str
    disclosure: str
    is_demo: bool
    level: str
    anchors: tuple[str, ...]
    frozen_at: str
    announced_at: str
    drawn_at: str
    adigest: str
    rdigest: str
    other_adigest: str
    other_rdigest: str
    totals: tuple[tuple[str, str, str], ...]
    sources: tuple[tuple[str, str, str], ...]
    departments: tuple[tuple[str, str], ...]
    n_drawn: int
    saving: str
    url: str
    signers: tuple[str, ...] = field(default=())
    log: LogPlace | None = None
    void: str = ""


@dataclass(frozen=True, slots=True)
class PackDraw:
    """One draw as the cover of a due-diligence pack tells it (材料包中的一次抽取)."""

    draw_id: str
    state: str
    frozen: str
    announced: str
    drawn: str
    level: str
    n_drawn: str
    people: str
    adigest: str
    rdigest: str
    void: str


Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackPaper:
    """The cover of a due-diligence pack (尽职材料包封面); every table is rows of texts.

    clocks        what, latest day, day done, whether in time
    inspections   numbers, target and officers, service and visit, department, result
    amendments    kind, target and reason, units, state
    follow_ups    number, what, latest day, day done
    chronicle     when, what, who, content and clause
    """

    task_number: str
    task_name: str
    lead: str
    participants: str
    source: str
    window: str
    disclosure: str
    reader: str
    as_of: str
    is_demo: bool
    draws: tuple[PackDraw, ...]
    clocks: tuple[Row, ...]
    inspections: tuple[Row, ...]
    amendments: tuple[Row, ...]
    follow_ups: tuple[Row, ...]
    chronicle: tuple[Row, ...]
