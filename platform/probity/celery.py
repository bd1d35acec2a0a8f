"""The Celery application: it only carries wake-up calls; the job table is the truth."""

from __future__ import annotations

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "probity.settings")

app = Celery("probity")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["probity.workflow"])

#: What beat runs: it calls tasks by their names at their times, and needs nothing of what they do.
clock = Celery("probity", fixups=[], set_as_current=False)
clock.config_from_object("django.conf:settings", namespace="CELERY")
