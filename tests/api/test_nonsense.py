"""Whatever is sent to any address of the OpenAPI description: refused, perhaps, but never a server error."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests import make
from tests.processes import Gateway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(400)]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
ENDS_THE_LOG_IN = "auth/session|me/devices"


def test_no_request_breaks_the_server(tmp_path: Path) -> None:
    ann, bob = make.person("ann"), make.person("bob")
    make.message(ann, make.direct(ann, bob))
    gateway = Gateway(LIMIT_SIGN_UPS="1000000/m/ip", LIMIT_LOG_INS="1000000/m/ip")
    options = {
        "--checks": "not_a_server_error",
        "--phases": "coverage,fuzzing",
        "--max-examples": "8",
        "--workers": "2",
        "--exclude-path-regex": ENDS_THE_LOG_IN,
        "--header": f"Authorization: Bearer {ann.token}",
    }
    command = [SCHEMATHESIS, "run", f"{gateway.http}/v1/schema", "--no-color", *sum(options.items(), ())]
    try:
        gateway.start()
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    finally:
        gateway.stop()
    assert done.returncode == 0, done.stdout[-8000:]
    assert " generated, " in done.stdout
