"""From bytes to lossless documents: a reader per format, each total over any bytes."""
