"""What protects a log-in beside the password: django-allauth keeps it, in its table of authenticators."""

from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts.actions.telling import tell


@transaction.atomic
def spend_step(*, authenticator_id: int, step: int) -> bool:
    """Whether the TOTP code of this time step is good: each is so once, and none after a later one (RFC 6238, 5.2).

    django-allauth remembers a code for 30 seconds, in Redis, while clocks that differ make it good for 90.
    """
    found = Authenticator.objects.select_for_update().filter(pk=authenticator_id).first()
    if found is None or step <= found.data.get("step", 0):
        return False
    found.data["step"] = step
    found.save(update_fields=["data"])
    return True


@transaction.atomic
def tell_factors(*, user_id: UUID) -> None:
    """Say to the person's devices what protects the account now."""
    kinds = Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True)
    tell(user_id, "settings.updated", [{"mfa": sorted({*kinds})}])
