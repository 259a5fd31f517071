"""The fact types and their providers, a module per group of subjects' facts."""
