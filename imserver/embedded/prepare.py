"""What a start does to the database before the roles run; one process, because Django takes a while to wake up."""

import io
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import Error

LOGIN = "login: "


def main() -> None:
    try:
        django.setup()
        call_command("migrate", interactive=False, verbosity=1)
        call_command("collectstatic", interactive=False, verbosity=0)
        logins = io.StringIO()
        call_command("demo", stdout=logins)
    except (ImproperlyConfigured, CommandError, Error) as e:
        sys.exit(" ".join(str(e).split()))
    sys.stdout.writelines(f"{LOGIN}{line}\n" for line in logins.getvalue().splitlines())


if __name__ == "__main__":
    main()
