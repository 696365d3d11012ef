"""The table builder: measures by lines by periods, laid out as the reader chooses, at an address that holds the choice."""
