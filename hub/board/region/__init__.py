"""What whoever watches over agreements reads: the region, a body, a commitment; and the post, letters and statements that come of it."""
