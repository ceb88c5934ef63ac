"""Files, pages and repositories become memories: read in bounded children, cut into chunks, as jobs that resume."""
