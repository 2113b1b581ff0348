"""What a dump must be to go live."""
