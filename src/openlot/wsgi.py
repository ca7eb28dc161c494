"""The staff site for a WSGI server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openlot.settings.prod")
application = get_wsgi_application()

from openlot.trail.startup import stand_or_exit  # noqa: E402  # settings must be read first

stand_or_exit()
