"""What alembic runs: the revisions, each in its own transaction, on the connection it was given."""

from __future__ import annotations

from typing import Any

from alembic import context
from alembic.ddl.postgresql import PostgresqlImpl
from sqlalchemy import Connection
from sqlalchemy.sql.base import Executable


class Scripts(PostgresqlImpl):
    """PostgreSQL through asyncpg, taking several statements in one plain string."""

    __dialect__ = "postgresql"

    def execute(self, sql: Executable | str, execution_options: dict[str, Any] | None = None) -> None:
        """Send plain strings as they are; asyncpg would refuse to prepare more than one statement."""
        if not isinstance(sql, str) or self.connection is None:
            super().execute(sql, execution_options)
            return
        self.connection.exec_driver_sql("select 1")  # SQLAlchemy begins late: open the driver's transaction
        raw: Any = self.connection.connection.dbapi_connection
        raw.run_async(lambda driver: driver.execute(sql))


def run(connection: Connection) -> None:
    """Run what the command asked for."""
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("There is no offline mode: use `backhaul migrate`.")
run(context.config.attributes["connection"])
