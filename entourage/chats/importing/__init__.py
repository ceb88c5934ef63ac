"""Conversations from elsewhere: exports of ChatGPT and Open WebUI become conversations here."""
