"""The local connector."""
