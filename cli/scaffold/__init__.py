"""Templates of new files: valid as written, with comments at the owner's decisions."""
