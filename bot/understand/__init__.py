"""Answering without a model: from words to an action call."""
