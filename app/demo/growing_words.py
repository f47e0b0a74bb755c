"""What invented children, families and teachers say as two years go by."""

from __future__ import annotations

ABOUT_ASKING = {
    1: ("I don't really know you.", "No. I'd tell my mum."),
    2: ("Only if it's about homework.", "Maybe, if nobody hears."),
    3: ("Sometimes. It depends.", "I did once and it was okay."),
    4: ("Yes, if your door is open.", "I asked you about the trip, didn't I."),
    5: ("Yes. You don't go ohhh, you just listen.", "I'd ask you first.", "Always, even on Mondays."),
}
STEPS = (
    (("Social", "Come to the lunchtime group once, with a friend alongside"), ("Emotional", "Choose a quiet place in school, and a card that means “I need five minutes”"),
     ("Academic", "Ten minutes of reading aloud to someone who only listens")),
    (("Emotional", "Try one thing outside school that {called} chose"), ("Social", "Ask one classmate home, or to the park"),
     ("Academic", "Agree with the teacher where {called} sits for maths")),
    (("Social", "Go to the club without being walked there"), ("Academic", "Finish one whole book, comics count"),
     ("Emotional", "Say out loud when it gets too loud")),
    (("Academic", "Show the class one thing {called} made"), ("Social", "Keep going every week until half term"), ("Emotional", "Make a plan for the holidays, on paper")),
    (("Emotional", "Visit the next school twice, once when it is empty"), ("Social", "Help a younger child settle in"), ("Academic", "Choose what to get better at next")),
    (("Social", "Decide which clubs to stay with, and who goes along"), ("Academic", "Look back at the first goal together")),
)
ABOUT_THE_PLAN = (
    ("child", "I want to do the making thing first and the talking thing second.", ""), ("child", "Not too many. Two is good.", ""),
    ("child", "I'd do that one if it isn't on a Friday.", ""),
    ("parent", "Friday is hard for us; any other day somebody can collect.", "{carer}"), ("parent", "We read together at bedtime again. That can count.", "{carer}"),
    ("teacher", "Best in the mornings: please not across maths.", "{teacher}"), ("teacher", "A job to do helps more than a chat.", "{teacher}"),
)
WHY_CHANGED = (
    "Asked for it to wait: too much at once this term.", "Mum asked for a day when her sister can collect.", "The teacher thought of something nearer to what is loved.",
)
STARS_SAID = {
    1: ("I haven't started but I know how.", "It's harder than it looks."), 2: ("I did it once.", "Two because I nearly did."),
    3: ("I can do it if I'm not tired.", "Three. It was four until Tuesday."), 4: ("I did it and I didn't even notice.", "Four, because five is when I do it on my own."),
    5: ("I do it on my own now.", "Five. And nobody helped."),
}
LATER_VOICES = {
    "music": ("I taught the little ones the four beats.", "I made a song and I played it to my nan on the phone."),
    "art": ("They put my picture in the corridor. The big one.", "I can draw hands now. Nobody can draw hands."),
    "sport": ("Coach said my name in front of everyone and it was good.", "I passed it. I don't usually pass it."),
    "outdoors": ("I lit the fire with one match.", "I know which ones you can eat."),
    "words": ("I read the scary one to the end.", "I wrote four pages and my hand hurt and I didn't stop."),
    "making": ("My robot went in a straight line.", "I fixed the bell. Ask the caretaker."),
    "people": ("I've got somebody to sit with on Wednesdays.", "I asked her and she said yes."),
    "quiet": ("It only hurts on Sundays now.", "I told the class about my nan. It was okay."),
}
LATER_NOTES = (
    ("well_received", "Being told the day before, with the name of who will be there."), ("well_received", "Walking and talking rather than sitting."),
    ("motivates", "Helping to carry things and set up."), ("motivates", "Seeing the list of what is done already."),
    ("not_well_received", "Being asked to go first."), ("barrier", "The bus home is late on Thursdays."),
)
TEACHER = (
    ("{called} puts a hand up again, mostly in the mornings.", "Starting written work without waiting to be asked."),
    ("Has found one steady friend, and it shows at playtime.", "Losing a game without leaving the room."),
    ("Reads to the younger class on Fridays and is proud of it.", "Asking for help before it is too much."),
    ("Far calmer after lunch than last term.", "Homework handed in two weeks out of three."),
)
STARTING = {
    "Social": ("Plays beside others rather than with them; eats lunch alone on most days.", "One friend in another class. Leaves a group as soon as it gets loud."),
    "Emotional": ("Leaves the room about three times a week.", "Headaches before school, most of all on Mondays.", "Says “I’m rubbish” when something goes wrong."),
    "Academic": ("Says “I can’t” before the first line; explains it well out loud.", "Rarely finishes written work; good at telling it.", "Hands in homework one week in three."),
}
ABOUT_ME = (
    "I’m {called}. I’m quiet at first and then I’m not.", "I’m {called}. I ask a lot of questions because I want to know.",
    "I’m {called}. I’m good at noticing when someone is left out.", "I’m {called}. I like to know what happens next.",
)
YES_TO_PAGE = ("Yes. That's me.", "You can show them that.", "Take out the bit about lunch. Now yes.", "It's good. Can I have one for my wall?")
FRIENDS = (
    ("Safiya", "best friend"), ("Jaden", "lunch club friend"), ("Mo", "from drumming"), ("Ebony", "next door"), ("Luca", "plays the same game"),
    ("Aisha", "sits next to me"), ("Tobias", "friend from the park"),
)
OWN_PLACES = (
    ("Corner library", "the reading den"), ("The pump track", "Saturdays"), ("Auntie’s shop", "helps there"), ("The allotment", "hens to feed"),
    ("The mosque", "Saturday school"), ("Church hall", "the big tea"), ("The park", "the climbing frame"), ("Swimming pool", "Sundays"),
)
ABOUT_NAN = "Moved further away in spring. “I miss her soup.” Could they ring on Sundays?"
NEXT_TEACHERS = ("Mr Hale", "Miss Grant", "Mrs Odele", "Mr Brook", "Miss Iyer")
