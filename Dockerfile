# Probity's image. Targets: `runtime` (web, workers on the CPU, clock) and `gpu` (with torch).

FROM python:3.11-slim-bookworm AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY platform ./platform
COPY detectors ./detectors
COPY provenance ./provenance
COPY policy ./policy
COPY foundation ./foundation
RUN python -m venv /opt/probity \
    && /opt/probity/bin/pip install --no-cache-dir --disable-pip-version-check .

FROM build AS build-gpu
RUN /opt/probity/bin/pip install --no-cache-dir --disable-pip-version-check \
        torch==2.13.0 h5py==3.16.0 onnx==1.23.2

FROM python:3.11-slim-bookworm AS base
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /nonexistent \
        --shell /usr/sbin/nologin probity \
    && install --directory --owner=probity --group=probity --mode=0700 /var/lib/probity
ENV PATH=/opt/probity/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONSAFEPATH=1 \
    DJANGO_SETTINGS_MODULE=probity.settings \
    PROBITY_HOME=/var/lib/probity
WORKDIR /tmp
USER 10001:10001
VOLUME /var/lib/probity
EXPOSE 8000
CMD ["gunicorn", "probity.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--timeout", "120", \
     "--preload", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]

FROM base AS gpu
COPY --from=build-gpu /opt/probity /opt/probity

FROM base AS runtime
COPY --from=build /opt/probity /opt/probity
