"""The terminal: rendering replies with rich, and the chat."""
