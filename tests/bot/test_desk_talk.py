"""Help, history and undo, and the law of edited and deleted messages, as conversations."""

from tests.conversation import Conversation
