"""Signs in a text that it speaks of one person: pure functions over words, used wherever people type or send text."""
