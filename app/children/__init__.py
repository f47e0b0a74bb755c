"""Children: the child and what was heard (voices, listening notes), needs and goals, relationships, consent, caseloads.

Special-category data: reads go through `queries.visible_to(person)`, and every look is noted with `audit.note_sight`.
"""
