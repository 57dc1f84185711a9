"""Who waits for a time: wishes, the rounds that offer what becomes free, and what is answered."""
