"""Backup, verified restore, mirror and drill (备份、核验恢复、镜像、演练)."""
