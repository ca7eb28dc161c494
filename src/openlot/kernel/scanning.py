"""The malware hook (恶意代码检查): a program of the office looks at each file before it is kept."""

from __future__ import annotations

import shlex
import subprocess
import tempfile

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from openlot.kernel.errors import Invalid

SECONDS = 60
INFECTED = _("查毒程序在文件中发现恶意代码，未接收；请在本机查杀后重新制作文件")
UNCHECKED = _("查毒程序没有完成检查，文件未接收；请稍后重试，仍不成功请联系平台管理员")


def scan(content: bytes, field: str) -> None:
    """Let ``SCAN_COMMAND`` read a file from its standard input (查毒).

    raises    Invalid unless the program says with exit status 0 that the file is clean
    """
    command = shlex.split(settings.SCAN_COMMAND)
    if not command:
        return
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        try:
            done = subprocess.run(  # noqa: S603  # the office's own setting
                command, stdin=file, capture_output=True, timeout=SECONDS, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Invalid(fields={field: UNCHECKED}) from error
    if done.returncode != 0:
        raise Invalid(fields={field: INFECTED if done.returncode == 1 else UNCHECKED})
