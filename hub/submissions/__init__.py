"""From a draft to the ledger: events, drafts, sign-off."""
