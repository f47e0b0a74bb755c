"""What happens in the catalogue, one module per noun, one public function per business verb. Each asks who may do it (powers.py), with the
policy its page has asked, and then what must be true.

organisations, documents, practitioners, offerings, tariffs, cohorts, sessions; imports brings offerings in from files.
"""
