"""The staff site for a WSGI server; it serves only where the guards of trail and rights stand."""

import os
import sys

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openlot.settings.prod")
application = get_wsgi_application()

from openlot.accounts.guards import seat_faults  # noqa: E402  # settings must be read first
from openlot.trail.startup import REFUSED, stand_or_exit  # noqa: E402  # settings must be read first

stand_or_exit()
if faults := seat_faults():
    sys.stderr.write("\n".join(faults) + "\n")
    sys.exit(REFUSED)
