"""Databases by their own spelling; the keys are OpenTelemetry's names (`db.system.name`)."""

from __future__ import annotations

SQL = frozenset({
    "sqlite", "postgresql", "mysql", "mariadb", "mssql", "microsoft.sql_server", "oracle", "oracle.db", "cockroachdb", "other_sql", "",
})  # fmt: skip
_NAMES = {
    "sqlite": "SQLite", "postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "redis": "Redis", "mongodb": "MongoDB",
    "mssql": "SQL Server", "microsoft.sql_server": "SQL Server", "oracle": "Oracle", "oracle.db": "Oracle", "cassandra": "Cassandra",
    "elasticsearch": "Elasticsearch", "memcached": "Memcached", "dynamodb": "DynamoDB", "aws.dynamodb": "DynamoDB", "tinydb": "TinyDB",
}  # fmt: skip


def system_name(system: str) -> str:
    """`PostgreSQL` for `postgresql`; an unknown one as it was given."""
    return _NAMES.get(system.lower(), system or "Database")
