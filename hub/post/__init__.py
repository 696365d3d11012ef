"""Mail and background work for everybody above: an outbox written with the act, senders, and jobs for a worker."""
