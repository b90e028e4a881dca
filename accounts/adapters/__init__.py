"""django-allauth's doors: it keeps sessions, passwords and their flows; people, devices and tokens are ours."""
