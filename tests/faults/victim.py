"""A process that forks a child for each order it reads, lets it act, and kills it with -9.

An order is one line of JSON: name of the database, act, file for what was acknowledged, and either
``at_statement`` (the child dies just before it sends its n-th statement) or ``after_s`` (it is
killed that long after it began); neither lets it finish. The answer is one line of JSON.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import connection, connections, transaction  # noqa: E402  # after setup
from django.db.models import F  # noqa: E402
from signing import signed_in  # noqa: E402

from openlot.accounts.models import Department, User  # noqa: E402
from openlot.draws.models import Draw, DrawState  # noqa: E402
from openlot.draws.services import draw_targets  # noqa: E402
from openlot.exchange import importing  # noqa: E402
from openlot.exchange.sheets import write_csv  # noqa: E402
from openlot.jobs.leases import lease_for  # noqa: E402
from openlot.jobs.services import claim, run  # noqa: E402
from openlot.kernel import clock  # noqa: E402
from openlot.kernel.actor import Role  # noqa: E402
from openlot.ops.demo import city  # noqa: E402
from openlot.ops.demo.targets import City  # noqa: E402
from openlot.publication import services as publication  # noqa: E402
from openlot.registers.models import ImportBatch, Inspector  # noqa: E402
from openlot.registers.services import import_targets  # noqa: E402
from openlot.registers.services import keeping as registers  # noqa: E402
from openlot.results import services as results  # noqa: E402
from openlot.results.models import InspectionResult  # noqa: E402
from openlot.rights.access import department_code, require  # noqa: E402
from openlot.trail.writer import record  # noqa: E402

Ack = Callable[[str], None]
FILES, RESULTS, LEAVES = 4, 4, 40


def draw(ack: Ack) -> None:
    """Draw the waiting task."""
    row = Draw.objects.get(task__department__code="WLTY", state=DrawState.ANNOUNCED)
    ack(draw_targets(row, actor=city.as_role("WLTY", Role.TASK_CLERK)).rdigest)


def papers(ack: Ack) -> None:
    """Press the button on the draw's page."""
    row = Draw.objects.get(task__department__code="WLTY", state=DrawState.MATCHED)
    client = signed_in(User.objects.get(username="wlty-task-clerk"))
    answer = client.post(f"/draws/{row.public_id}/papers/", headers={"host": "127.0.0.1"})
    ack(str(answer.status_code))


def imports(ack: Ack) -> None:
    """Import one file after another."""
    department = Department.objects.get(code="NYNC")
    actor = city.as_role("NYNC", Role.ENTRY_CLERK)
    known = ImportBatch.objects.count()
    for number in range(known, known + FILES):
        rows = list(City([("341282001", "东城街道")], f"file {number}").register("NYNC", 60))
        _count, batch = import_targets(
            department,
            rows,
            [],
            n_rows=len(rows),
            file_name=f"{number}.csv",
            file_sha256="0" * 64,
            actor=actor,
        )
        ack(str(batch.pk))


def import_in_parts(ack: Ack) -> None:
    """Hand in a file that is taken in part by part, and be the worker that does it."""
    importing.LARGE, importing.PART = 100, 40
    made = City([("341282001", "东城街道")], "large").register("NYNC", 160)
    rows = [(r.name, r.uscc, "企业", "存续", "东城街道") for r in made if r.uscc]
    file = io.BytesIO()
    write_csv(file, ["名称", "统一社会信用代码", "主体类型", "登记状态", "所属乡镇"], rows)
    data = file.getvalue()
    department = Department.objects.get(code="NYNC")
    actor = city.as_role("NYNC", Role.ENTRY_CLERK)
    batch = importing.hand_in(department, data, "large.csv", actor=actor)
    ack(batch.public_id)
    lease = lease_for(f"victim-{os.getpid()}")
    lease.take()
    while (job := claim(lease.worker)) is not None:
        run(job, lambda: False)
    batch.refresh_from_db()
    ack(str(batch.n_done))


def append(ack: Ack) -> None:
    """Enter one leave after another: a row and its event each."""
    inspector = Inspector.objects.filter(department__code="NYNC").order_by("pk")[0]
    actor = city.as_role("NYNC", Role.ENTRY_CLERK)
    for _number in range(LEAVES):
        day = date(2027, 1, 1)
        row = registers.enter_leave(inspector, from_on=day, to_on=day, reason="年休假", actor=actor)
        ack(str(row.pk))


def append_event_last(ack: Ack) -> None:
    """Enter leaves as a platform would that writes the event in a second transaction."""
    later: list[Any] = []
    registers.record = lambda fact, **where: later.append((fact, where))
    plain = registers.enter_leave.__wrapped__

    def enter(*arguments: Any, **named: Any) -> Any:
        with transaction.atomic():
            row = plain(*arguments, **named)
        with transaction.atomic():
            fact, where = later.pop()
            record(fact, **where)
        return row

    registers.enter_leave = enter
    append(ack)


def publish(ack: Ack) -> None:
    """Publish one approved result after another."""
    for row in InspectionResult.objects.filter(state="approved").order_by("pk")[:RESULTS]:
        actor = city.as_role(row.department.code, Role.PUBLICATION_CLERK)
        publication.publish_result(row, actor=actor)
        ack(row.public_id)


def publish_event_last(ack: Ack) -> None:
    """Publish as a platform would that commits the change first and writes the event second."""

    def change_first(obj: Any, arrow: Any, fact: Any, *, actor: Any, **changes: Any) -> Any:
        require(actor, arrow.perm, obj)
        rows = type(obj)._default_manager.filter(pk=obj.pk, state__in=arrow.sources)
        rows.update(revision=F("revision") + 1, state=arrow.target, **changes)
        event_second(fact, actor=actor, subject=obj, department=department_code(obj))
        return type(obj)._default_manager.get(pk=obj.pk)

    def event_second(fact: Any, **where: Any) -> Any:
        with transaction.atomic():
            return record(fact, **where)

    results.fire = change_first
    publication.record = event_second
    publication.publish_result = publication.publish_result.__wrapped__
    publish(ack)


ACTS = {
    "draw": draw,
    "papers": papers,
    "import": imports,
    "import in parts": import_in_parts,
    "append": append,
    "append, event last": append_event_last,
    "publish": publish,
    "publish, event last": publish_event_last,
}


class Counter:
    """Counts the statements that are sent, and dies before the chosen one."""

    def __init__(self, deadly: int | None) -> None:
        self.sent, self.deadly = 0, deadly

    def __call__(self, execute: Any, *arguments: Any) -> Any:
        self.sent += 1
        if self.sent == self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(*arguments)


def child(order: dict[str, Any], begun: int) -> None:
    """Act, telling each thing done only after its transaction has ended."""
    connections.settings["default"]["NAME"] = order["name"]
    acks = os.open(order["acks"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    counter = Counter(order.get("at_statement"))
    with clock.travel(city.at(date(2026, 11, 20), 10)), connection.execute_wrapper(counter):
        connection.ensure_connection()
        os.write(begun, b"!")
        ACTS[order["act"]](lambda text: os.write(acks, f"{text}\n".encode()) and None)
    Path(order["acks"] + ".n").write_text(str(counter.sent))


def obey(order: dict[str, Any]) -> dict[str, Any]:
    """Fork a child for one order, kill it when its time has come, and tell how it ended."""
    ear, mouth = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            child(order, mouth)
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    os.close(mouth)
    os.read(ear, 1)
    os.close(ear)
    start = time.monotonic()
    if "after_s" in order:
        time.sleep(order["after_s"])
        os.kill(pid, signal.SIGKILL)
    _pid, status = os.waitpid(pid, 0)
    took = time.monotonic() - start
    return {"killed": os.WIFSIGNALED(status), "status": status, "took_s": took}


if __name__ == "__main__":
    for line in sys.stdin:
        sys.stdout.write(json.dumps(obey(json.loads(line))) + "\n")
        sys.stdout.flush()
