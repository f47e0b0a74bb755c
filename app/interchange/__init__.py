"""Interchange: Kith's exchange formats, libraries, postcodes, in and out. A wrong row never stops the others; nothing is half-imported."""
