"""The Flask application, put together."""
