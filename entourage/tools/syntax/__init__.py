"""Grammars of programming languages, and what stands in a source file. Light: readers of documents import it, too."""
