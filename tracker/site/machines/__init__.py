"""What other programs are told of a work: one noun a module, all made from one :class:`reference.Reference`."""
