"""A Django view that reads the body and answers at once: no middleware, no database, nothing stored."""

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, JsonResponse
from django.urls import path


def noop(request: HttpRequest) -> JsonResponse:
    """Take the form apart, and answer something."""
    return JsonResponse({"files": len(request.FILES)})


urlpatterns = [path("predict", noop)]
settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="of no use here")
application = WSGIHandler()
