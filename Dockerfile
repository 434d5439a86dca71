# One image for every role: `docker run digits web`, worker, scheduler or bot; docs/deployment.md has the whole.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /app
COPY requirements.txt ./
COPY digitsite/run/install.sh digitsite/run/
# TensorFlow's headers and the installers are of no use later.
RUN sh digitsite/run/install.sh .venv requirements.txt \
    && rm -rf .venv/lib/python3*/site-packages/tensorflow/include \
    && .venv/bin/python -m pip uninstall --quiet --yes uv pip
COPY . .
RUN SECRET_KEY=only-to-gather-static-files-in-this-build .venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && .venv/bin/python -m compileall -q digitsite recognizer telegram_integration ml \
    && mkdir -p /models var/metrics

FROM ${PYTHON_IMAGE}
LABEL org.opencontainers.image.title="Digits" \
      org.opencontainers.image.description="Reads handwritten digits" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --gid 10001 digits \
    && useradd --uid 10001 --gid digits --no-create-home --home-dir /tmp --shell /usr/sbin/nologin digits
WORKDIR /app
COPY --from=build /app/.venv .venv
COPY --from=build --chown=digits:digits /models /models
COPY --from=build /app/manage.py /app/LICENSE ./
COPY --from=build /app/digitsite digitsite
COPY --from=build /app/recognizer recognizer
COPY --from=build /app/telegram_integration telegram_integration
COPY --from=build /app/ml ml
COPY --from=build --chown=digits:digits /app/var var
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8000 \
    MODELS_DIR=/models \
    LOG_FORMAT=json
USER 10001:10001
EXPOSE 8000
VOLUME /models
# SIGTERM lets a request or a task under way end. Only the web role answers; compose.yaml asks no other.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["python", "-m", "digitsite.run.probe"]
ENTRYPOINT ["python", "-m", "digitsite.run"]
CMD ["web"]
