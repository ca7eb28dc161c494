"""When somebody last looked (查阅时间): so that one look is one event."""

from __future__ import annotations

from django.db import models


class Reading(models.Model):
    """That a person looked at something not public (查阅记录), and when last.

    seen      the object as the trail names it, or ``screen:`` and the name of a list
    """

    actor_ref = models.CharField(max_length=80)
    seen = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor_ref", "seen"], name="reading_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.actor_ref} {self.seen}"
