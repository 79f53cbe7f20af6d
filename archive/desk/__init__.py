"""Every change to the archive is a function in this room; nothing else writes rows."""
