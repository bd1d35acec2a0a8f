"""The addresses of the console."""

from django.urls import path

from . import keys_views, live_views, look_views, palette_views

urlpatterns = [
    path("look", look_views.look, name="look"),
    path("go", palette_views.palette, name="palette"),
    path("account/keys", keys_views.keys, name="account-keys"),
    path("account/keys/switch", keys_views.switch, name="account-keys-switch"),
    path("account/keys/sheet", keys_views.sheet, name="account-keys-sheet"),
    path("triage/<uuid:case_id>/live", live_views.live, name="case-live"),
]
