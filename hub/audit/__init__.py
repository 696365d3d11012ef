"""What was done, in a chain that shows tampering; and the triggers that keep history as it was."""
