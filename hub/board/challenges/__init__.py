"""Questions about a number, a verdict, a missing return or a free matter, with an owner and a clock."""
