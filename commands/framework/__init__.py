"""The framework that commands are declared in: arguments, parsing, help, replies and texts in two languages."""
