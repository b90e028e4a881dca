from tests.gateway.conftest import _closed_connections

__all__ = ["_closed_connections"]
