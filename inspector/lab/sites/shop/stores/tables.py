"""The tables. Each fact stands in one place; a table refers to another by a key, and the database sees to it that the key exists."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, String, Table, Text

metadata = MetaData()

products = Table(
    "products",
    metadata,
    Column("slug", String(60), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("kind", String(10), nullable=False, index=True),
    Column("price", Integer, nullable=False),
    Column("stock", Integer, nullable=False),
    Column("colour", String(7), nullable=False),
    Column("words", Text, nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("product", String(60), ForeignKey("products.slug"), nullable=False, index=True),
    Column("author", String(40), nullable=False),
    Column("stars", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("written", String(10), nullable=False),
)

customers = Table(
    "customers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("email", String(120), unique=True, nullable=False),
    Column("name", String(40), nullable=False),
    Column("password_hash", String(200)),  # empty for those who sign in with another site
    Column("identity", String(120), unique=True),  # who they are there
    Column("address", String(200), nullable=False),
    Column("staff", Boolean, nullable=False),
)

basket_lines = Table(
    "basket_lines",
    metadata,
    Column("owner", String(40), primary_key=True),
    Column("product", String(60), ForeignKey("products.slug"), primary_key=True),
    Column("count", Integer, nullable=False),
)

orders = Table(
    "orders",
    metadata,
    Column("number", String(20), primary_key=True),
    Column("customer", String(120), nullable=False, index=True),
    Column("placed", String(19), nullable=False),
    Column("address", String(200), nullable=False),
)

order_lines = Table(
    "order_lines",
    metadata,
    Column("number", String(20), ForeignKey("orders.number"), primary_key=True),
    Column("product", String(60), ForeignKey("products.slug"), primary_key=True),
    Column("price", Integer, nullable=False),
    Column("count", Integer, nullable=False),
)

wishes = Table(
    "wishes",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("title", String(80), nullable=False),
    Column("note", String(300), nullable=False),
    Column("votes", Integer, nullable=False),
)

# Its presence says that the other tables are a practice shop's, and may be dropped.
marker = Table("practice_shop", metadata, Column("id", Integer, primary_key=True))
