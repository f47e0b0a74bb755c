"""Names and words for invented people. None of them is anybody."""

from __future__ import annotations

GIRLS = (
    "Amara", "Safiya", "Chloe", "Eliza", "Farah", "Ines", "Leila", "Maryam", "Nadia", "Olivia", "Priya", "Rosa", "Sofia", "Tilly", "Yasmin",
    "Zara", "Hodan", "Ayaan", "Grace", "Imani", "Jasmine", "Keira", "Lucia", "Mina", "Noor", "Poppy", "Ruby", "Samira", "Thea", "Wren",
)
BOYS = (
    "Bilal", "Daniyar", "Femi", "Idris", "Jayden", "Kofi", "Liam", "Mateo", "Nathan", "Omar", "Pedro", "Reece", "Samir", "Tariq", "Yusuf",
    "Zaid", "Adam", "Caleb", "Dante", "Elias", "Finn", "Hamza", "Isaac", "Joao", "Kai", "Luca", "Malik", "Noah", "Rafael", "Tomasz",
)
FAMILIES = (
    "Okafor", "Hussain", "Walker", "Noori", "Silva", "Ahmed", "Mensah", "Kowalski", "Brown", "Ali", "Da Costa", "Farrell", "Ibrahim",
    "Jones", "Kaya", "Lopez", "Mohamed", "Nguyen", "Osman", "Patel", "Quinn", "Rahman", "Santos", "Tesfaye", "Udo", "Warsame", "Yilmaz",
    "Baptiste", "Clarke", "Haile",
)
ADULTS = (
    "Joanne Price", "Dan Whitfield", "Ayesha Malik", "Callum Reid", "Bea Thornton", "Musa Jallow", "Lucy Tan", "Nico Ferri", "Orla Keane",
    "Sunita Rao", "Ewan Black", "Tanya Obi", "Rachel Stein", "Gareth Pugh", "Hope Ndlovu", "Miriam Katz",
)
SCHOOL_LEADS = ("Grace Amoah", "Philip Yates", "Sana Mirza", "Ruth Calloway", "Denise Okeke", "Tom Halloran", "Irene Kaur", "Maggie Dunn")
CARER_WORDS = (
    ("yes", "He talked about it all the way home. If he wants to go, I want him to."),
    ("yes", "She needs something that is hers. I will walk her there the first time."),
    ("yes", "It is near my sister's, so somebody can always collect."),
    ("willing", "I work late on that day, but my mother can take him. Let us try."),
    ("willing", "I am not sure he will talk to anyone, but you know him. Try."),
)
VOICES = {
    "music": ("I drum on everything. Miss says stop but my hands don't.", "I want to make a song that is mine.", "Music is the only lesson that is fast."),
    "art": ("I draw when it is too loud.", "I like it when nobody says what it is meant to be.", "Paint doesn't mind if you start again."),
    "sport": ("I am fast. Nobody knows because we don't race.", "I like football but not when they shout.", "I want to be picked."),
    "outdoors": ("I like being where there's no ceiling.", "I found a beetle and it stayed.", "I can climb that wall, the big one."),
    "words": ("I have a story but I can't spell it.", "I read the same book because I know how it ends.", "I like it when someone reads to me and does the voices."),
    "making": ("I take things apart. I can put most of them back.", "I built a whole town and my brother stood on it.", "I want to know what's inside."),
    "people": ("I like one person at a time.", "I'd go if Safiya goes.", "I don't like it when everyone watches."),
    "quiet": ("My tummy hurts before school.", "I think about my nan a lot.", "When it's quiet I can think."),
}
INTERESTS = {
    "music": ("drumming", "singing", "rapping", "guitar", "dancing"), "art": ("drawing", "painting", "clay", "graffiti"),
    "sport": ("football", "boxing", "running", "swimming", "rugby", "judo"),
    "outdoors": ("climbing", "bmx", "gardening", "animals", "skateboarding", "bugs"),
    "words": ("reading", "stories", "comics", "poetry", "acting"), "making": ("lego", "robots", "coding", "cooking", "building"),
    "people": ("talking", "games", "board games", "chess"), "quiet": ("animals", "drawing", "horses", "walking"),
}
STRENGTHS = (
    "Kind to younger children", "Never gives up on a puzzle", "Makes people laugh", "Notices who is left out", "Remembers every fact",
    "Brave about trying food", "Looks after two little brothers", "Speaks three languages", "Tells the truth", "Good with animals",
)
ASPIRATIONS = (
    "To be a vet, or a drummer.", "To have my own room.", "To fix cars with my uncle.", "To be on a stage once.", "To go to the sea.",
    "To be a nurse like my auntie.", "To be in the team, not the reserve.", "To make games.",
)
HELPS = (
    "A job to do with the hands while talking.", "Knowing the plan, on paper, before it starts.", "One quiet hello, then space.",
    "Sitting near the door.", "A friend alongside the first time.", "Being asked, not told.", "Ear defenders in the bag.",
)
DOES_NOT = (
    "Loud halls.", "Being asked where dad is.", "Being last to be picked.", "Surprises.", "Reading aloud in front of everyone.", "Queues.",
)
NOTES = (
    ("well_received", "Praise said quietly, to one side."), ("well_received", "Games with a clear end."),
    ("not_well_received", "Group introductions in a circle."), ("not_well_received", "Being hurried from one room to the next."),
    ("motivates", "Showing a younger child how."), ("motivates", "Finishing something to take home."),
    ("barrier", "Collects a brother at half past three."), ("barrier", "No bus fare in the last week of the month."),
)
GOALS = (
    ("Social", "To have one friend I can ring."), ("Social", "To say sorry first, sometimes."), ("Emotional", "To show one thing to the class without hiding."),
    ("Emotional", "To go to sleep without the light."), ("Academic", "To read a whole book on my own."), ("Academic", "To understand fractions."),
)
CHILD_YES = (
    ("yes", "Yes. Can I go this week?"), ("yes", "Yes if I can bring my own sticks."), ("yes", "I want to see it. Yes."),
    ("willing", "I'll try it once. Only once."), ("willing", "Okay, if you come with me."), ("yes", "Yeah. That one."),
)
CHILD_NO = ("No. It's for babies.", "I don't want people to know.", "No, I don't like that place.", "Not football. Everyone thinks it's football.")
AFTERWARDS = (
    "She had a dog. I'm going again.", "It was loud but good loud.", "He knew my name already.", "I made half of one. I'll finish it next week.",
    "It was all right.", "I didn't talk much but nobody minded.",
)
OUTCOMES = (
    "Goes every week without being walked there.", "Found a friend, and the friend's mother gives a lift.", "Moved up to the next group.",
    "Takes the register for the younger ones now.",
)
REGISTER_NOTES = ("", "", "", "", "Stayed to help pack up.", "Quiet today. Might be worth a word.", "Led the warm-up.", "First time joined the circle.")
WHY = (
    "It starts from what the child loves, and the free clubs nearby are full or on another day.",
    "We tried the library group first; one-to-one is what came up every time we talked.",
    "The child asked for this by name. Mum can collect on that day.",
    "Needs a small, quiet group, and no free one meets this need within three miles.",
)

AGREEMENTS = {
    "shared_values": (
        "We put the child\u2019s own word first. Nobody is sent anywhere they have not said yes, or willing to try, to.\n\n"
        "We build on what a child is good at. We say what we see, quickly and clearly, to the Link Worker, good news too.\n\n"
        "We answer within ten school days, keep our places and dates up to date, and tell families early when something changes."
    ),
    "behaviour_agreement": (
        "We welcome every child by name. We agree with the Link Worker what helps before the first session.\n\n"
        "No child is sent home alone or shut out of a session. We ring the Link Worker the same day when something was hard.\n\n"
        "A place is never taken away as a punishment."
    ),
}
"""What partners of the demo and the charity both sign."""
