"""Database migrations: one idea per version, up and down."""
