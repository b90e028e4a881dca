"""The Celery application, and table 4: what happens by the clock."""

import os

from celery import Celery

from imserver.events.steps import install

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "imserver.settings")

app = Celery("imserver")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "groups of those who are gone get another owner": {"task": "groups.tasks.pass_on", "schedule": 60.0},
    "calls that nobody accepts or ends are over": {"task": "messaging.tasks.end_calls", "schedule": 5.0},
    "forget keys older than 32 days": {"task": "messaging.tasks.forget_keys", "schedule": 3600.0},
    "forget log-ins older than AUDIT_DAYS": {"task": "accounts.tasks.forget_login_events", "schedule": 86_400.0},
}

install(app)
