"""Who takes part: partnerships, agencies, people, their accounts, grants and keys."""
