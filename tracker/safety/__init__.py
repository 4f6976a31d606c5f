"""What keeps a home safe: one writer at a time, signs of life, copies, proofs, a schedule."""
