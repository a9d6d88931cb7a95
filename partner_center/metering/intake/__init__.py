"""Usage on its way in: read, examined record by record, written to the store, and made to count in one transaction."""
