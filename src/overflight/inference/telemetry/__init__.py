"""What a known track says about the parts of it that are hidden: gaps, steering, consistency."""
