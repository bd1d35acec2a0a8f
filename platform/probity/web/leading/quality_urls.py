"""The addresses of quality."""

from django.urls import path

from . import quality_views as views

urlpatterns = [
    path("leading/quality", views.quality, name="leading-quality"),
    path("leading/quality/rate", views.rate, name="quality-rate"),
    path("leading/quality/golden", views.golden, name="quality-golden"),
    path("leading/quality/golden/<uuid:golden_id>", views.golden_step, name="quality-golden-step"),
    path("leading/quality/copies/<uuid:trial_id>", views.trial_step, name="quality-copy-step"),
    path("account/quality", views.mine, name="quality-mine"),
]
