# One image, every role; the command picks it (docs/operations.md):
#   web, gateway         python manage.py serve --host 0.0.0.0 --port 8000
#   worker               python -m celery -A imserver.celery worker --pool=threads
#   subscriber           python -m celery -A imserver.celery worker --pool=threads --subscribe --queues=subscriber
#   beat                 python -m celery -A imserver.celery beat --schedule /tmp/beat --pidfile=
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/srv/static

WORKDIR /srv/im

COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

COPY . .
RUN SECRET_KEY=build TOKEN_KEY=build-tokens DATABASE_URL=postgresql://127.0.0.1/im REDIS_URL=redis://127.0.0.1 \
    python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 --no-create-home im

ENV IM_ENV=production

USER 10001

EXPOSE 8000

CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
