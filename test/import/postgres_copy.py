"""Prints what makes a PostgreSQL database of MLflow's with the rows of a SQLite one, a JSON a line."""

import json
import logging
import sys

from sqlalchemy import Boolean, create_engine, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

logging.disable(logging.WARNING)
import mlflow.store.model_registry.dbmodels.models  # noqa: E402, F401
import mlflow.store.tracking.dbmodels.models  # noqa: E402, F401
import mlflow.store.workspace.dbmodels.models  # noqa: E402, F401
from mlflow.store.db.base_sql_model import Base  # noqa: E402


def show(sql, **more):
    print(json.dumps({"sql": str(sql), **more}))


def parameter(column, value):
    if isinstance(column.type, Boolean) and value is not None:
        return bool(value)
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    # JavaScript would round one in nanoseconds.
    return str(value) if isinstance(value, int) else value


source = create_engine(f"sqlite:///{sys.argv[1]}")
for table in Base.metadata.sorted_tables:
    # Without foreign keys: some of them refer to what only the migrations make unique.
    create = CreateTable(table, include_foreign_key_constraints=[])
    show(create.compile(dialect=postgresql.dialect()))
with source.connect() as connection:
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    show("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
    show("INSERT INTO alembic_version VALUES ($1)", rows=[[revision]])
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.computed is None]
        names = ", ".join(f'"{column.name}"' for column in columns)
        marks = ", ".join(f"${place + 1}" for place in range(len(columns)))
        found = connection.execute(text(f'SELECT {names} FROM "{table.name}"'))
        rows = [
            [parameter(column, value) for column, value in zip(columns, row)]
            for row in found
        ]
        show(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows=rows)
