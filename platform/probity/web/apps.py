from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "probity.web"
    label = "web"
