"""Who is killed is found by his port: nobody else may be."""

import os
import socket
import subprocess
import sys

from tests.faults import sockets

OTHER = "import socket, sys; link = socket.create_connection(('127.0.0.1', int(sys.argv[1]))); sys.stdin.read()"


def test_a_port_leads_to_the_process_that_listens_and_to_the_one_that_is_connected() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        command = [sys.executable, "-c", OTHER, str(port)]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
            link, (_, client_port) = server.accept()
            with link:
                assert sockets.listeners(port) == [os.getpid()]
                assert sockets.has_connection(client_port, [other.pid])
                assert not sockets.has_connection(client_port, [os.getpid()])
                assert other.pid in sockets.family(os.getpid())
            assert other.stdin
            other.stdin.close()
    assert sockets.listeners(port) == []
