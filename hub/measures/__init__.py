"""Named calculations over facts, as data, read as at a moment; and the gate through which every figure leaves."""
