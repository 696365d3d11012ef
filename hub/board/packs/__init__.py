"""Packs: the frozen, sealed pages that a meeting read, pinned to a moment; one structure feeds pages and PDF."""
