"""Programs of others subscribe to what happens to appointments: who wants to know what, and how each telling went."""
