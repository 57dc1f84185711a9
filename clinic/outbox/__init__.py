"""What is to be told: written with the fact, addressed, and sent by workers, as often as it takes and no oftener."""
