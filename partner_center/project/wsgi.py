"""The WSGI application that `partner-center serve` runs."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partner_center.project.settings")
application = get_wsgi_application()
