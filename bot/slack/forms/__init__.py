"""Modal forms: of actions whose arguments are missing, of a message, of a question."""
