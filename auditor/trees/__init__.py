"""Where files come from: a live host, another root, a checkout, files held in memory, behind one protocol."""
