"""What the Safeguarding Board reads: pages of measures, charts, tables."""
