"""What people type about money and places, by noun. Shape and wording; what must be true is the verbs' to say."""
