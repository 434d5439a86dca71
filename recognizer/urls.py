"""The routes of the page, the API and the probes."""

from django.urls import path, re_path
from django.views.i18n import set_language
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from recognizer import apiview, metrics, pages, probes, saliency_view, views

urlpatterns = [
    path("", pages.PageView.as_view(), name="page"),
    path("readings/<uuid:submission_id>/", pages.ReadingView.as_view(), name="reading"),
    path("language/", set_language, name="set_language"),
    path("predict", views.LegacyPredictView.as_view(), name="predict"),
    path("api/v1/predictions/", views.PredictionListView.as_view(), name="predictions"),
    path("api/v1/predictions/batch/", views.BatchView.as_view(), name="batch"),
    path("api/v1/predictions/<uuid:submission_id>/", views.PredictionView.as_view(), name="prediction"),
    path("api/v1/predictions/<uuid:submission_id>/feedback/", views.FeedbackView.as_view(), name="feedback"),
    path(
        "api/v1/predictions/<uuid:submission_id>/digits/<int:place>/saliency/",
        saliency_view.SaliencyView.as_view(),
        name="saliency",
    ),
    path("api/v1/models/", views.ModelListView.as_view(), name="models"),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(template_name="recognizer/docs.html"), name="docs"),
    re_path("^api/", apiview.NotFoundView.as_view()),
    path("metrics", metrics.metrics, name="metrics"),
    path("livez", probes.livez, name="livez"),
    path("readyz", probes.ReadinessView.as_view(), name="readyz"),
]
