"""The site: settings, URLs and the entry points of its processes."""

from digitsite.celery import app as celery_app

__all__ = ["celery_app"]
