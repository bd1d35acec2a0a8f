"""The `probity` command: it joins the engines' commands and knows neither Django nor Celery."""
