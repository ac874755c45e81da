"""How the balloon could have moved: hypotheses, their constants, and flights without evidence."""
