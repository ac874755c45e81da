"""What is claimed, and by whom: the case folder and its checked model."""
