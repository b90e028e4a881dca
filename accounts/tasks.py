from smtplib import SMTPException
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone

from accounts import actions


@shared_task(bind=True, autoretry_for=(OSError, SMTPException), retry_backoff=2, retry_backoff_max=60, max_retries=8)
def send_mail(_task: Any, *, subject: str, body: str, to: list[str]) -> None:
    """Tried for about five minutes: a code is good for ten."""
    EmailMessage(subject, body, to=to).send()


@shared_task
def forget_login_events() -> int:
    """Those older than the setting says. Returns how many."""
    return actions.forget_events(days=settings.AUDIT_DAYS, now=timezone.now())
