"""Text that nothing understands."""

USUAL_FILE = "/etc/hosts"
