"""Conversations: sessions, messages that branch, attachments, search, export."""
