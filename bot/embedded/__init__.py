"""The PostgreSQL the bot brings along, for whoever names no other one."""
