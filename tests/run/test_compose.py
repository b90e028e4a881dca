"""docker-compose.yml, as far as it can be judged without Docker; `make lint` holds it to the specification's schema."""

import re
from typing import Any

import yaml

from tests.containers import FILES
from tests.processes import ROOT

TEXT = FILES[0].read_text()
COMPOSE = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
ROLES = {"web", "gateway", "worker", "subscriber", "beat"}
STORES = {"postgres", "valkey", "kafka", "mongo", "minio", "consul"}


def commands() -> dict[str, str]:
    """The command of each role as docs/operations.md tells it."""
    rows = re.findall(r"^\| ([a-z, ]+) \| `(python .+?)` \|", OPERATIONS, re.MULTILINE)
    return {role: command for roles, command in rows for role in roles.split(", ")}


def test_the_five_roles_run_as_the_operations_page_says() -> None:
    assert SERVICES.keys() == ROLES | STORES | {"setup"}
    assert {role: " ".join(SERVICES[role]["command"]) for role in ROLES} == commands()
    dockerfile = " ".join((ROOT / "Dockerfile").read_text().split())
    assert all(command in dockerfile for command in commands().values())


def test_roles_wait_for_the_set_up_and_that_for_the_stores() -> None:
    for role in ROLES:
        assert SERVICES[role]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}
    needed = {name: one["condition"] for name, one in SERVICES["setup"]["depends_on"].items()}
    assert needed == dict.fromkeys(STORES - {"minio", "consul"}, "service_healthy")
    assert SERVICES["setup"]["restart"] == "no"


def test_every_service_but_the_set_up_says_how_it_is() -> None:
    assert {name for name, one in SERVICES.items() if "healthcheck" not in one} == {"setup"}


def test_images_of_others_are_pinned_and_their_data_are_kept() -> None:
    for name in STORES:
        assert re.fullmatch(r"[\w/-]+:(RELEASE\.)?\d[\w.-]*", SERVICES[name]["image"]), name
        assert [volume.partition(":")[0] for volume in SERVICES[name]["volumes"]] == [name]
    assert COMPOSE["volumes"].keys() == STORES


def test_only_this_machine_reaches_what_is_published() -> None:
    ports = [port for one in SERVICES.values() for port in one.get("ports", ())]
    assert len(ports) == 2
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_each_setting_of_a_role_is_one() -> None:
    for role in ROLES | {"setup"}:
        assert {name for name in SERVICES[role]["environment"] if f"`{name}`" not in OPERATIONS} == set()


def test_no_secret_is_written_down_and_none_may_be_missing() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert needed == {"ALLOWED_HOSTS", "SECRET_KEY", "TOKEN_KEY", *(f"{name}_PASSWORD" for name in (
        "POSTGRES", "VALKEY", "MONGO", "MINIO"))}  # fmt: skip
    told = set(re.findall(r"\$\{?(\w+)", TEXT)) - needed
    assert told == {"PROXIES", "WEB_PORT", "GATEWAY_PORT", "HOSTNAME"}
    [script] = re.findall(r"```sh\n(.*?) > \.env\n", OPERATIONS, re.DOTALL)
    assert needed - {"ALLOWED_HOSTS"} <= set(re.findall(r"\w+", script))
    assert "/.env\n" in (ROOT / ".gitignore").read_text()
