"""SMS, by whichever gateway takes them over HTTP."""
