"""How an agreement comes about: drafted by a coordinator, agreed part by part, signed by each party, varied and renewed."""
