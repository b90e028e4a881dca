from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """OWASP's smallest setting. Django's own takes 100 MiB and eight threads for every log-in."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
