"""The Matrix side of the bot: the only part that knows nio, encryption and the client-server interface."""
