"""Search over the live offerings of one Zone: typos, synonyms, abbreviations and prefixes before the index, counts beside it.

`engine.search` is the way in. analysis, spelling, understanding and scoring are pure; matching, index and facts ask the database.
The words people use are data in lexicon.txt. How and why: docs/search.md.
"""
