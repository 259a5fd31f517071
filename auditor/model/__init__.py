"""What every room of mailaudit speaks: text and spans, the unknown, subjects, facts, findings, checks."""
