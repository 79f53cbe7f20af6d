"""System checks: settings that would make the archive fail later are named before it starts."""
