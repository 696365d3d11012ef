"""Groups that meet, their meetings, who came, and what they decided: what promises to meet and the Board's packs rest on."""
