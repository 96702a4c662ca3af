"""Runs migrations on the connection that the catalogue hands over, in its transaction."""

from alembic import context

from corpus.catalogue.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=False,
)
with context.begin_transaction():
    context.run_migrations()
