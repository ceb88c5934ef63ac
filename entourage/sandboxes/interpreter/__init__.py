"""Code that runs cell by cell in a live sandbox: contexts keep their state, results keep their forms."""
