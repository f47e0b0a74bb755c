"""What happens in the catalogue, one module per noun, one public function per business verb.

organisations, documents, practitioners, offerings, tariffs, cohorts, sessions; imports brings offerings in from files.
"""
