"""The ledger: signed revisions and their facts, never changed, read as at a moment."""
