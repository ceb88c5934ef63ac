"""Small pictures and first words of artifacts, made in the background by a process that may break."""
