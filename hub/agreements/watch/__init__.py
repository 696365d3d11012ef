"""Agreements followed over time: what verdicts said at the end of each month, how long a promise slips, who is told of it, what people say beside it."""
