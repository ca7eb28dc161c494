"""Tests of services; the roles of PostgreSQL are tested on PostgreSQL."""

from django.conf import settings

collect_ignore = (
    [] if "postgresql" in settings.DATABASES["default"]["ENGINE"] else ["test_roles.py"]
)
