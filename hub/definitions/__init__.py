"""What is asked, as data: definitions of returns, code lists and mappings, and everything derived from them."""
