"""What other programs may ask. Reads only, JSON, bounded."""
