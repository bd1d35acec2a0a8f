"""The WSGI entry point for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "probity.settings")
application = get_wsgi_application()
# now, and once for all workers where they are forked after this, not while the first visitor waits
get_resolver().url_patterns  # noqa: B018
