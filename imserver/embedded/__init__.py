"""PostgreSQL, Valkey and every role of the server on one machine: `make run`, the tests, the load tool."""
