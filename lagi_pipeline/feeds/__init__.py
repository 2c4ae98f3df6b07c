"""One module a sector: its forms, their pandera models and checks, and the measures they emit.

To add a sector is to add a module here, a line in ``registry`` and its lines in the catalogue's ``feeds.yaml`` and
``measures.yaml``. Nothing here knows Dagster, a database, or what a year to date is.
"""
