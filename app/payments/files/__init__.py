"""Files for banks and bookkeepers: pure text in and out. No child, no need, no free text of anybody gets in here."""
