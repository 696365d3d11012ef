"""Mail and background work for everybody above."""
