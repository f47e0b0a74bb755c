"""What is spoken of where a need is answered, in everyday words: an offering that helps with it may be marked with another need, or with none. Pure."""

from __future__ import annotations

from collections.abc import Mapping

SPOKEN_OF: Mapping[str, str] = {
    "Social:friendships": "making friends, having somebody to play with",
    "Social:belonging": "feeling part of a group, fitting in, being wanted",
    "Social:communication": "talking, listening, understanding others, speech and language",
    "Social:teamwork": "working together, taking turns, being part of a team",
    "Social:social-confidence": "coming out of one's shell, speaking up, shy children",
    "Social:positive-behaviour": "getting into trouble, fights, anger, staying calm, choices",
    "Emotional:wellbeing": "feeling well and happy, relaxing, mental health",
    "Emotional:self-esteem": "feeling good about oneself, pride, confidence",
    "Emotional:anxiety": "worries, panic, fear, calming down",
    "Emotional:attention": "concentrating, sitting still, ADHD, focus",
    "Emotional:self-regulation": "managing big feelings, temper, calming down",
    "Emotional:resilience": "coping when things go wrong, not giving up",
    "Emotional:bereavement": "somebody died, grief, loss, remembering",
    "Emotional:trauma": "frightening things that happened, feeling safe again, therapy",
    "Emotional:transition": "starting a new school, moving, change",
    "Academic:reading": "reading books, learning to read",
    "Academic:writing": "writing stories, spelling, handwriting",
    "Academic:maths": "numbers, times tables, maths help",
    "Academic:stem": "science, engineering, coding, technology",
    "Academic:english-language": "learning English as a new language",
    "Academic:school-engagement": "liking school, attendance, wanting to learn",
    "Academic:study-skills": "homework, revision, organising school work",
    "Academic:aspirations": "dreams, jobs, careers, seeing what one could become",
}


def spoken_of(code: str) -> str:
    """For a need that nobody has described, its own name."""
    return SPOKEN_OF.get(code) or code.partition(":")[2].replace("-", " ")
