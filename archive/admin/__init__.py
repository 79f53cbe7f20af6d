"""What an archivist sees. `registrations` is imported by apps.py once every model is loaded."""
