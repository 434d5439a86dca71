"""The part of the settings that shapes the API and its description."""

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "EXCEPTION_HANDLER": "recognizer.problems.exception_handler",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Digits",
    "DESCRIPTION": "Reads handwritten digits from a drawing, a photo or a scan.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # What is sent and what is answered differ: a file goes in, no file comes out.
    "COMPONENT_SPLIT_REQUEST": True,
    "TAGS": [
        {"name": "predictions", "description": "Send pictures, read what they show, say where it is wrong."},
        {"name": "service", "description": "The model that reads, and whether it can."},
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
}
