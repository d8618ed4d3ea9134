"""Tests of the local connector."""
