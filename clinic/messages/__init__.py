"""What the clinic writes by itself: kinds of messages, their wordings, what stands in them, and who wants them."""
