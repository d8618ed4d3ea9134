"""The embedded PostgreSQL of the demo and the tests."""
