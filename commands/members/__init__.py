"""Cities, people and seats: who belongs to the cooperation and who may do what, on which day."""
