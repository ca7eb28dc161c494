"""Background jobs on the screen (后台任务): progress where it was begun, health for who runs it."""
