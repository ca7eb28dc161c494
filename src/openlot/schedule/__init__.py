"""What the platform does by the clock (定时任务): one list, each moment once."""

from openlot.schedule.slots import SLOTS, Slot

__all__ = ["SLOTS", "Slot"]
