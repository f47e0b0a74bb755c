"""Five days, lived: what each person does between the first look in the morning and the last, with every click counted."""
