"""What Alembic runs: it works on the connection that it is given, inside its caller's transaction."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], version_table=given["version_table"])
context.run_migrations()
