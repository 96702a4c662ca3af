"""The catalogue: what Earmark holds, on SQLAlchemy Core.

Each module here is a subject with functions over an open connection; callers group them into
one transaction with :meth:`Catalogue.read` and :meth:`Catalogue.write`.
"""

from corpus.catalogue.store import Catalogue, open_catalogue

__all__ = ["Catalogue", "open_catalogue"]
